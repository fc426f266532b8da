"""The commands `import_playbook` and `export_playbook`."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Article, Section
from catalog.playbook_file.models import OpenQuestion, Revision
from catalog.playbook_file.writing.formats import write
from catalog.stored_catalog import stored
from progress.models import State

pytestmark = pytest.mark.usefixtures("playbook")

OLD, NEW = "payment-wallet-g-pay-5b7901edee81", "payment-wallet-000000000abc"
KEY = "medium:000000000abc"
COLD = "\n## Cold Storage\n\n| Title | Link |\n|---|---|\n| Glaciers | https://example.org/g |\n"
SAME = "Already up to date. Nothing has changed."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Export the current playbook."""
    path = tmp_path / "playbook.md"
    path.write_text(write(stored(), "markdown"))
    return path


def edit(file: Path, *pairs: tuple[str, str], more: str = "") -> None:
    text = file.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text + more)


def make_uncertain(file: Path) -> None:
    """Change the title and the address of the wallet, which makes an uncertain match."""
    edit(file, (OLD, NEW), ("**Payment Wallet**", "**Digital Payment Wallet**"))


def decisions(folder: Path, content: Any) -> str:
    path = folder / "decisions.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def import_file(file: Path | str, *options: str) -> list[str]:
    """Import the file and return the lines of output."""
    out = io.StringIO()
    call_command("import_playbook", str(file), *options, stdout=out)
    return out.getvalue().splitlines()


# --- Import


def test_import_of_an_export_changes_nothing(file: Path) -> None:
    before = stored()
    assert import_file(file)[-1] == SAME
    assert (stored(), Revision.objects.count()) == (before, 0)


def test_import_prints_and_applies_the_changes(file: Path, learner: User) -> None:
    booking = Article.objects.get(slug="ticket-booking-system")
    State.objects.create(user=learner, article=booking, state="done")
    edit(file, ("**Ticket Booking System**", "**Booking of tickets**"))
    assert import_file(file) == [
        "Booking of tickets (1)",
        "    retitled: Ticket Booking System → Booking of tickets",
        (
            "43 entries, 39 articles; 39 matched, 1 retitled; "
            "1 learner affected; no learner loses a state."
        ),
        f"Applied as revision {Revision.objects.get().pk}.",
    ]
    booking.refresh_from_db()
    assert booking.title == "Booking of tickets"
    assert State.objects.get().article == booking
    assert import_file(file)[-1] == SAME
    assert Revision.objects.count() == 1


def test_a_file_is_imported_from_standard_input(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(file, ("**Ticket Booking System**", "**Booking of tickets**"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    import_file("-")
    assert Article.objects.get(slug="ticket-booking-system").title == "Booking of tickets"


def test_a_preview_changes_nothing(file: Path) -> None:
    make_uncertain(file)
    before = stored()
    output = import_file(file, "--preview")
    assert output[-1] == "This is a preview. Nothing has changed."
    assert (stored(), Revision.objects.count()) == (before, 0)


def test_preview_names_the_keys_of_open_questions(file: Path) -> None:
    make_uncertain(file)
    edit(file, more=COLD)
    output = import_file(file, "--preview")
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if NEW in text)
    start = output.index(
        f"line {line}: is “Digital Payment Wallet” one of these? Its key is {KEY}."
    )
    assert output[start + 1 : start + 3] == ["    payment-wallet – Payment Wallet (0)", "    new"]
    asked = [text for text in output if text.endswith("Its key is section:cold-storage.")]
    last = file.read_text().splitlines().index("## Cold Storage") + 1
    message = "“Cold Storage” is new, in layer domain-expertise. Its key is section:cold-storage."
    assert asked == [f"line {last}: {message}"]


def test_json_output_has_the_whole_plan(file: Path) -> None:
    make_uncertain(file)
    edit(file, more=COLD)
    plan = json.loads("\n".join(import_file(file, "--json", "--preview")))
    assert set(plan) == {
        *("summary", "matched", "learners_touched", "entries", "articles", "counts"),
        *("layers", "sections", "cases", "changed", "learners", "questions", "placements", "notes"),
    }
    assert plan["questions"] == [
        {
            "key": KEY,
            "title": "Digital Payment Wallet",
            "line": plan["questions"][0]["line"],
            "candidates": ["payment-wallet"],
            "decision": "",
        }
    ]
    assert plan["counts"] == {"new": 2, "retired": 1}


# --- Decisions


def test_decision_for_the_same_article_keeps_it(file: Path, tmp_path: Path) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    make_uncertain(file)
    decisions_file = decisions(tmp_path, {KEY: "payment-wallet"})
    import_file(file, "--decide", decisions_file)
    wallet.refresh_from_db()
    assert (wallet.title, wallet.url.endswith(NEW)) == ("Digital Payment Wallet", True)
    assert not OpenQuestion.objects.exists()
    # The same command again, as a script sends it.
    assert import_file(file, "--decide", decisions_file)[-1] == SAME


def test_decision_for_a_new_article_retires_the_old_one(file: Path, tmp_path: Path) -> None:
    make_uncertain(file)
    import_file(file, "--decide", decisions(tmp_path, {KEY: "new"}))
    assert Article.objects.get(slug="payment-wallet").is_retired
    assert not OpenQuestion.objects.exists()


def test_undecided_question_stays_open(file: Path) -> None:
    make_uncertain(file)
    import_file(file)
    question = OpenQuestion.objects.get()
    assert question.article.title == "Digital Payment Wallet"
    assert [article.slug for article in question.candidates.all()] == ["payment-wallet"]


@pytest.mark.parametrize(("decision", "is_retired"), [("new", True), ("same", False)])
def test_all_questions_are_decided_alike(
    file: Path, tmp_path: Path, decision: str, *, is_retired: bool
) -> None:
    make_uncertain(file)
    edit(file, ("/beyond-resilience", "/anew-000000000abd?"), ("c000c110e773", ""))
    asked = import_file(file, "--preview")
    assert "To decide all alike, use --decide new or --decide same." in asked
    import_file(file, "--decide", decision)
    assert Article.objects.get(slug="payment-wallet").is_retired == is_retired
    assert not OpenQuestion.objects.exists()
    assert import_file(file, "--decide", decisions(tmp_path, {"*": decision}))[-1] == SAME


def test_decision_for_a_layer_places_the_section(file: Path, tmp_path: Path) -> None:
    edit(file, more=COLD)
    decisions_file = decisions(tmp_path, {"section:cold-storage": "data-mastery"})
    import_file(file, "--decide", decisions_file)
    assert Section.objects.get(slug="cold-storage").layer.slug == "data-mastery"
    assert import_file(file, "--decide", decisions_file)[-1] == SAME


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("{", "is not JSON", id="not JSON"),
        pytest.param(["a"], "must be a JSON object of keys and slugs", id="not an object"),
        pytest.param({KEY: 1}, "must be a JSON object of keys and slugs", id="not a slug"),
        pytest.param({KEY: "caching"}, "Choose one of payment-wallet, new", id="not a candidate"),
        pytest.param({"*": "caching"}, "Choose one of new, same", id="not for all"),
        pytest.param({"url:x": "new"}, "does not ask about “url:x”", id="unknown key"),
        pytest.param(
            {"section:cold-storage": "x"}, "“Cold Storage” cannot be “x”", id="unknown layer"
        ),
    ],
)
def test_invalid_decisions_change_nothing(
    file: Path, tmp_path: Path, content: Any, message: str
) -> None:
    make_uncertain(file)
    edit(file, more=COLD)
    before = stored()
    with pytest.raises(CommandError, match=message):
        import_file(file, "--decide", decisions(tmp_path, content))
    assert (stored(), Revision.objects.count()) == (before, 0)


# --- Refused files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# A\n\nOnly message.\n", "No table and no list has a row that can be used"),
        (b"## A\n\n- [B](ftp://a.b)\n", "3: The link “ftp://a.b” was left out."),
        (b"## A\n\n\xff\n", "3: The file is not UTF-8"),
    ],
)
def test_unreadable_file_is_refused(file: Path, content: bytes, message: str) -> None:
    before = stored()
    file.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        import_file(file)
    assert (stored(), Revision.objects.count()) == (before, 0)


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        import_file(tmp_path / "nowhere.md")


# --- Numbers of queries


def queries_of(file: Path) -> int:
    with CaptureQueriesContext(connection) as captured:
        import_file(file)
    return len(captured)


def test_query_count_does_not_depend_on_the_number_of_changes(file: Path) -> None:
    titles = list(Article.objects.listed().values_list("title", flat=True))
    edit(file, (f"**{titles[0]}**", f"**{titles[0]} once**"))
    few = queries_of(file)
    edit(file, *((f"**{title}**", f"**{title} anew**") for title in titles[1:21]))
    assert queries_of(file) == few


def test_query_count_does_not_depend_on_the_number_of_questions(file: Path) -> None:
    articles = list(Article.objects.listed().exclude(url="")[:6])

    def rewrite(number: int) -> None:
        article = articles[number]
        other = f"https://example.org/{number}"
        edit(file, (article.url, other), (f"**{article.title}**", f"**{article.title}: anew**"))

    rewrite(0)
    one = queries_of(file)
    assert OpenQuestion.objects.count() == 1
    for number in range(1, 6):
        rewrite(number)
    assert queries_of(file) == one
    assert OpenQuestion.objects.count() == 6


# --- Export


@pytest.mark.parametrize("name", ["markdown", "json", "csv"])
def test_export_equals_the_download_in_the_admin(name: str) -> None:
    out = io.StringIO()
    call_command("export_playbook", "--format", name, stdout=out)
    assert out.getvalue().rstrip("\n") == write(stored(), name).rstrip("\n")


def test_unknown_format_is_an_error() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("export_playbook", "--format", "docx")
