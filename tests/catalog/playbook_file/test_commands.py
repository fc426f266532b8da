"""`import_playbook` and `export_playbook`, as an operator's scripts call them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.catalog_data import stored
from catalog.models import Article, Section
from catalog.playbook_file.models import OpenQuestion, Revision
from catalog.playbook_file.writing.formats import write
from progress.models import State

pytestmark = pytest.mark.usefixtures("playbook")

OLD, NEW = "payment-wallet-g-pay-5b7901edee81", "payment-wallet-000000000abc"
KEY = "medium:000000000abc"
COLD = "\n## Cold Storage\n\n| Title | Link |\n|---|---|\n| Glaciers | https://example.org/g |\n"
SAME = "The catalogue is so already: nothing has changed."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The playbook as it is."""
    path = tmp_path / "playbook.md"
    path.write_text(write(stored(), "markdown"))
    return path


def edit(file: Path, *pairs: tuple[str, str], more: str = "") -> None:
    text = file.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text + more)


def doubt(file: Path) -> None:
    """The wallet has another title and another post."""
    edit(file, (OLD, NEW), ("**Payment Wallet**", "**Digital Payment Wallet**"))


def decisions(folder: Path, made: Any) -> str:
    path = folder / "decisions.json"
    path.write_text(made if isinstance(made, str) else json.dumps(made))
    return str(path)


def bring_in(file: Path | str, *options: str) -> list[str]:
    """The lines that it says."""
    out = io.StringIO()
    call_command("import_playbook", str(file), *options, stdout=out)
    return out.getvalue().splitlines()


# --- Bringing a file in


def test_the_file_that_was_written_changes_nothing(file: Path) -> None:
    before = stored()
    assert bring_in(file)[-1] == SAME
    assert (stored(), Revision.objects.count()) == (before, 0)


def test_what_it_says_and_does(file: Path, learner: User) -> None:
    booking = Article.objects.get(slug="ticket-booking-system")
    State.objects.create(user=learner, article=booking, state="done")
    edit(file, ("**Ticket Booking System**", "**Booking of tickets**"))
    assert bring_in(file) == [
        "Booking of tickets (1)",
        "    retitled: Ticket Booking System → Booking of tickets",
        "43 entries, 39 articles; 39 matched, 1 retitled; 1 learner touched; nobody loses a state.",
        f"Applied as revision {Revision.objects.get().pk}.",
    ]
    booking.refresh_from_db()
    assert booking.title == "Booking of tickets"
    assert State.objects.get().article == booking
    assert bring_in(file)[-1] == SAME
    assert Revision.objects.count() == 1


def test_standard_input(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(file, ("**Ticket Booking System**", "**Booking of tickets**"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    bring_in("-")
    assert Article.objects.get(slug="ticket-booking-system").title == "Booking of tickets"


def test_a_preview_changes_nothing(file: Path) -> None:
    doubt(file)
    before = stored()
    said = bring_in(file, "--preview")
    assert said[-1] == "A preview: nothing has changed."
    assert (stored(), Revision.objects.count()) == (before, 0)


def test_what_is_open_says_how_to_decide_it(file: Path) -> None:
    doubt(file)
    edit(file, more=COLD)
    said = bring_in(file, "--preview")
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if NEW in text)
    start = said.index(f"line {line}: is “Digital Payment Wallet” one of these? Decide by {KEY}:")
    assert said[start + 1 : start + 3] == ["    payment-wallet – Payment Wallet (0)", "    new"]
    asked = [text for text in said if text.endswith("Decide by section:cold-storage:")]
    last = file.read_text().splitlines().index("## Cold Storage") + 1
    words = "“Cold Storage” is new, in the layer domain-expertise. Decide by section:cold-storage:"
    assert asked == [f"line {last}: {words}"]


def test_as_json(file: Path) -> None:
    doubt(file)
    edit(file, more=COLD)
    told = json.loads("\n".join(bring_in(file, "--json", "--preview")))
    assert set(told) == {
        *("summary", "matched", "learners_touched", "entries", "articles", "counts"),
        *("layers", "sections", "changed", "learners", "questions", "placements", "notes"),
    }
    assert told["questions"] == [
        {
            "key": KEY,
            "title": "Digital Payment Wallet",
            "line": told["questions"][0]["line"],
            "candidates": ["payment-wallet"],
            "decision": "",
        }
    ]
    assert told["counts"] == {"new": 2, "retired": 1}


# --- Decisions


def test_it_is_the_same_article(file: Path, tmp_path: Path) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    doubt(file)
    made = decisions(tmp_path, {KEY: "payment-wallet"})
    bring_in(file, "--decide", made)
    wallet.refresh_from_db()
    assert (wallet.title, wallet.url.endswith(NEW)) == ("Digital Payment Wallet", True)
    assert not OpenQuestion.objects.exists()
    # The same command again, as a script sends it.
    assert bring_in(file, "--decide", made)[-1] == SAME


def test_it_is_a_new_one(file: Path, tmp_path: Path) -> None:
    doubt(file)
    bring_in(file, "--decide", decisions(tmp_path, {KEY: "new"}))
    assert Article.objects.get(slug="payment-wallet").is_retired
    assert not OpenQuestion.objects.exists()


def test_nobody_decided(file: Path) -> None:
    doubt(file)
    bring_in(file)
    question = OpenQuestion.objects.get()
    assert question.article.title == "Digital Payment Wallet"
    assert [article.slug for article in question.candidates.all()] == ["payment-wallet"]


def test_the_layer_of_a_section(file: Path, tmp_path: Path) -> None:
    edit(file, more=COLD)
    made = decisions(tmp_path, {"section:cold-storage": "data-mastery"})
    bring_in(file, "--decide", made)
    assert Section.objects.get(slug="cold-storage").layer.slug == "data-mastery"
    assert bring_in(file, "--decide", made)[-1] == SAME


@pytest.mark.parametrize(
    ("made", "words"),
    [
        pytest.param("{", "is not JSON", id="no JSON"),
        pytest.param(["a"], "should be one object of keys and slugs", id="no map"),
        pytest.param({KEY: 1}, "should be one object of keys and slugs", id="no slug"),
        pytest.param({KEY: "caching"}, "choose one of payment-wallet, new", id="no candidate"),
        pytest.param({"url:x": "new"}, "Nothing is asked about “url:x”", id="about nothing"),
        pytest.param({"section:cold-storage": "x"}, "“Cold Storage” cannot be “x”", id="no layer"),
    ],
)
def test_what_decides_nothing_changes_nothing(
    file: Path, tmp_path: Path, made: Any, words: str
) -> None:
    doubt(file)
    edit(file, more=COLD)
    before = stored()
    with pytest.raises(CommandError, match=words):
        bring_in(file, "--decide", decisions(tmp_path, made))
    assert (stored(), Revision.objects.count()) == (before, 0)


# --- What is refused


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"# A\n\nOnly words.\n", "No table and no list has a row that can be used"),
        (
            b"## A\n\n| Title | Link |\n|---|---|\n| B | ftp://a.b |\n",
            "5: “ftp://a.b” is not a link",
        ),
        (b"## A\n\n\xff\n", "3: The file is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used(file: Path, content: bytes, words: str) -> None:
    before = stored()
    file.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        bring_in(file)
    assert (stored(), Revision.objects.count()) == (before, 0)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        bring_in(tmp_path / "nowhere.md")


# --- Constant costs


def queries_of(file: Path) -> int:
    with CaptureQueriesContext(connection) as captured:
        bring_in(file)
    return len(captured)


def test_the_same_queries_for_few_changes_and_for_many(file: Path) -> None:
    titles = list(Article.objects.listed().values_list("title", flat=True))
    edit(file, (f"**{titles[0]}**", f"**{titles[0]} once**"))
    few = queries_of(file)
    edit(file, *((f"**{title}**", f"**{title} anew**") for title in titles[1:21]))
    assert queries_of(file) == few


def test_the_same_queries_for_one_question_and_for_five(file: Path) -> None:
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


# --- Writing one


@pytest.mark.parametrize("name", ["markdown", "json", "csv"])
def test_an_export_is_what_the_desk_gives(name: str) -> None:
    out = io.StringIO()
    call_command("export_playbook", "--format", name, stdout=out)
    assert out.getvalue().rstrip("\n") == write(stored(), name).rstrip("\n")


def test_a_format_that_is_none() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("export_playbook", "--format", "docx")
