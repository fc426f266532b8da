"""A JSON file as the site exports it is imported like a Markdown file, with prompts."""

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from accounts.models import User
from catalog.catalog_data import CatalogData
from catalog.catalog_rows import PromptData
from catalog.history.records import records_of
from catalog.models import Article
from catalog.playbook_file.matching.merge import merge
from catalog.playbook_file.models import Revision, packed
from catalog.playbook_file.reading.file_parser import read
from catalog.playbook_file.reading.parsed_file import FileRow, PlaybookFile, Unreadable
from catalog.playbook_file.revisions.applying import apply
from catalog.playbook_file.revisions.planning import Plan, plan, prepare, prepare_undo
from catalog.playbook_file.revisions.public_changes import public_updates
from catalog.playbook_file.revisions.restoring import restore
from catalog.playbook_file.writing.formats import write
from catalog.prompts.models import Prompt
from catalog.snapshot import CatalogSnapshot
from catalog.stored_catalog import stored
from tests.catalog.admin_pages import save, text_of
from tests.catalog.playbook_file.writing.test_round_trip import TEXT, catalogues

pytestmark = pytest.mark.same_everywhere

WALLET = "payment-wallet"
SOURCE = {"title": "RFC 9110", "url": "https://www.rfc-editor.org/rfc/rfc9110"}
Content = dict[str, Any]


@pytest.fixture
def wallet(playbook: None) -> Article:
    """Return an article with three prompts, the last of them retired."""
    article = Article.objects.get(slug=WALLET)
    for number, question in enumerate(("Why one?", "Why two?", "Why three?"), start=1):
        Prompt.objects.create(
            article=article,
            number=number,
            question=question,
            answer="Because.",
            source_lines="RFC 9110 https://www.rfc-editor.org/rfc/rfc9110\nhttps://doi.org/1",
        )
    Prompt.objects.get(number=3).retire()
    return article


def exported() -> Content:
    content: Content = json.loads(write(stored(), "json"))
    return content


def entry_of(content: Content, slug: str = WALLET) -> Content:
    return next(entry for entry in content["entries"] if entry["slug"] == slug)


def prepared(content: Content | str, user: User | None = None) -> Revision:
    text = content if isinstance(content, str) else json.dumps(content)
    return prepare(text.encode(), "playbook.json", user)


def imported(content: Content, user: User | None = None) -> tuple[Revision, Plan]:
    revision = prepared(content, user)
    return revision, apply(revision)


def changes(made: Plan) -> list[tuple[str, str, str, str]]:
    return [
        (str(change.kind), change.old, change.new, change.where)
        for changed in made.difference.articles
        for change in changed.changes
    ]


def current() -> list[tuple[int, str, str]]:
    prompts = Prompt.objects.current().in_order()
    return list(prompts.values_list("number", "question", "answer"))


# --- Entries


def without_lines(file: PlaybookFile) -> list[tuple[str, str, list[FileRow]]]:
    return [
        (
            section.heading,
            section.layer.title if section.layer else "",
            [
                replace(row, line=0, prompts=None, requires=None, values=_given(row))
                for row in section.rows
            ],
        )
        for section in file.sections
    ]


def _given(row: FileRow) -> dict[str, Any]:
    """Return the values that the row has: Markdown has no column that is empty in every row."""
    return {name: value for name, value in row.values.items() if value is not None}


def test_the_entries_of_a_json_file_are_those_of_a_markdown_file(wallet: Article) -> None:
    from_json, from_markdown = (
        read(write(stored(), name).encode()) for name in ("json", "markdown")
    )
    assert without_lines(from_json) == without_lines(from_markdown)
    assert [(layer.number, layer.title, layer.tagline) for layer in from_json.layers] == [
        (layer.number, layer.title, layer.tagline) for layer in from_markdown.layers
    ]
    lines = write(stored(), "json").splitlines()
    for row in from_json.rows:
        assert lines[row.line - 1] == "    {"
        assert any(json.dumps(row.title, ensure_ascii=False) in line for line in lines[row.line :])


def test_import_of_an_export_changes_nothing(wallet: Article) -> None:
    text, before = write(stored(), "json"), stored()
    revision = prepared(text)
    assert not apply(revision).difference
    assert (Revision.objects.count(), stored()) == (0, before)
    assert write(stored(), "json") == text


@st.composite
def with_prompts(draw: st.DrawFn) -> CatalogData:
    catalogue = draw(catalogues())
    prompts: dict[str, PromptData] = {}
    for article in catalogue.articles:
        for number in range(draw(st.integers(0, 3))):
            uuid = str(UUID(int=1000 + len(prompts)))
            sources = draw(
                st.sampled_from(["", "https://a.org/", "A  b https://a.org/x\nhttps://b.org"])
            )
            question, answer = draw(TEXT), draw(TEXT)
            is_retired = draw(st.booleans())
            prompts[uuid] = PromptData(
                uuid, article, number + 1, question[:300].strip(), answer, sources, is_retired
            )
    return replace(catalogue, prompts=prompts)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(with_prompts())
def test_any_catalogue_survives_export_and_import(catalogue: CatalogData) -> None:
    assume(catalogue.entries)
    headings = [(section.layer, section.heading) for section in catalogue.sections.values()]
    # A section of JSON is told from another by its heading.
    assume(len(headings) == len(set(headings)))
    text = write(catalogue, "json")
    file = read(text.encode())
    assert file.notes == []
    merged = merge(catalogue, file)
    assert merged.questions == []
    assert merged.after == catalogue
    assert write(merged.after, "json") == text
    assert CatalogData.from_json(json.loads(json.dumps(catalogue.as_json()))) == catalogue


@pytest.mark.parametrize("rows_at_once", [1, 7, 500])
def test_a_revision_keeps_the_catalogue_as_one_json_text(
    wallet: Article, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    catalogue = stored()
    monkeypatch.setattr("catalog.playbook_file.models.ROWS_AT_ONCE", rows_at_once)
    text = json.dumps(catalogue.as_json(), ensure_ascii=False)
    assert zlib.decompress(packed(catalogue)).decode() == text
    assert Revision(catalogue_before=packed(catalogue)).before == catalogue


def test_an_empty_installation_gets_everything(wallet: Article) -> None:
    file = read(write(stored(), "json").encode())
    after = merge(CatalogData(statuses=stored().statuses, prompts={}), file).after
    assert [prompt.question for prompt in (after.prompts or {}).values()] == [
        "Why one?",
        "Why two?",
    ]


# --- Prompts


def test_prompts_are_added_changed_ordered_and_retired(wallet: Article, editor: User) -> None:
    content = exported()
    _one, two = entry_of(content)["prompts"]
    two |= {"answer": "So that.", "sources": [SOURCE]}
    new = {"question": "Why four?", "answer": "For.", "sources": []}
    entry_of(content)["prompts"] = [new, two]
    revision, made = imported(content, editor)
    assert current() == [(1, "Why four?", "For."), (2, "Why two?", "So that.")]
    assert Prompt.objects.get(question="Why one?").is_retired
    both = "RFC 9110 https://www.rfc-editor.org/rfc/rfc9110\nhttps://doi.org/1"
    assert sorted(changes(made)) == [
        ("answer", "Because.", "So that.", "Why two?"),
        ("asked", "", "Why four? For.", ""),
        ("not asked", "Why one?", "", ""),
        ("sources", both, both.partition("\n")[0], "Why two?"),
    ]
    assert "1 with new prompts, 1 with retired prompts, 1 with a changed answer" in made.summary
    kinds = records_of(Prompt).exclude(history_date__lt=revision.apply_began_at)
    assert sorted(kinds.values_list("question", "history_type")) == [
        ("Why four?", "+"),
        ("Why one?", "~"),
        ("Why two?", "~"),
    ]
    assert not apply(prepared(write(stored(), "json"))).difference


def test_a_new_order_alone_is_a_change(wallet: Article) -> None:
    content = exported()
    entry_of(content)["prompts"].reverse()
    _revision, made = imported(content)
    assert [question for _number, question, _answer in current()] == ["Why two?", "Why one?"]
    assert sorted(changes(made)) == [
        ("renumbered", "1", "2", "Why one?"),
        ("renumbered", "2", "1", "Why two?"),
    ]


def test_a_retired_prompt_comes_back_by_its_question(wallet: Article) -> None:
    content, retired = exported(), Prompt.objects.get(question="Why three?")
    entry_of(content)["prompts"].append({"question": "why THREE?", "answer": "Because."})
    _revision, made = imported(content)
    retired.refresh_from_db()
    assert (retired.is_retired, retired.question, retired.number) == (False, "why THREE?", 3)
    assert ("asked again", "", "why THREE? Because.", "") in changes(made)


def test_a_known_uuid_keeps_the_prompt_whatever_its_question(wallet: Article) -> None:
    content, one = exported(), Prompt.objects.get(number=1)
    entry_of(content)["prompts"][0]["question"] = "What one?"
    imported(content)
    one.refresh_from_db()
    assert one.question == "What one?"
    assert Prompt.objects.count() == 3


def test_the_uuid_of_a_prompt_of_another_article_makes_a_new_one(wallet: Article) -> None:
    content, other = exported(), "ticket-booking-system"
    copied, mine = entry_of(content)["prompts"][0], str(uuid4())
    entry_of(content, other)["prompts"] = [copied, {**copied, "uuid": mine, "question": "Mine?"}]
    imported(content)
    prompts = Prompt.objects.filter(article__slug=other).in_order()
    assert [str(prompt.uuid) for prompt in prompts][1] == mine
    assert prompts[0].uuid != UUID(copied["uuid"])
    assert prompts[0].question == "Why one?"
    assert current().count((1, "Why one?", "Because.")) == 2


def test_an_article_without_the_key_keeps_its_prompts(wallet: Article) -> None:
    content = exported()
    del entry_of(content)["prompts"]
    assert not imported(content)[1].difference
    content = exported()
    entry_of(content)["prompts"] = []
    imported(content)
    assert current() == []


def test_a_markdown_file_leaves_prompts_alone(wallet: Article) -> None:
    text = write(stored(), "markdown").replace("**Payment Wallet**", "**Purse**")
    made = apply(prepare(text.encode(), "playbook.md", None))
    assert changes(made)
    assert [question for _number, question, _answer in current()] == ["Why one?", "Why two?"]


def test_an_article_listed_twice_exports_its_prompts_once(wallet: Article) -> None:
    listings = [entry for entry in exported()["entries"] if "prompts" not in entry]
    assert len(listings) == 43 - 39


def test_csv_and_markdown_have_no_prompts(wallet: Article) -> None:
    for name in ("csv", "markdown"):
        assert "Why one?" not in write(stored(), name)


# --- Undo, and what later changes of editors become


def test_undo_restores_the_prompts_from_before(wallet: Article, editor: User) -> None:
    content, before = exported(), current()
    one, two = entry_of(content)["prompts"]
    entry_of(content)["prompts"] = [
        two,
        {**one, "answer": "Ours."},
        {"question": "N?", "answer": "A"},
    ]
    revision, _made = imported(content, editor)
    undo = prepare_undo(revision, editor)
    assert ("not asked", "N?", "", "") in changes(plan(undo))
    apply(undo)
    assert current() == before
    assert Prompt.objects.get(question="N?").is_retired


def test_undo_names_a_later_change_of_a_prompt(
    wallet: Article, editor_client: Client, editor: User
) -> None:
    content = exported()
    entry_of(content)["prompts"].reverse()
    revision, _made = imported(content, editor)
    save(editor_client, wallet, **{"prompts-0-answer": "Later."})
    page = editor_client.post(revision.get_absolute_url(), {"_undo": "1"}, follow=True)
    assert "Changed since by editor" in text_of(page)
    assert "Answer. Undoing reverts this too." in text_of(page)


def test_a_revision_from_before_prompts_leaves_them_alone(wallet: Article) -> None:
    now = stored()
    then = replace(now, prompts=None)
    assert restore(now, then, then).after.prompts == now.prompts
    assert b"prompts" not in json.dumps(then.as_json()).encode()
    assert Revision(catalogue_before=packed(then)).before == then


# --- Pages


def test_the_preview_shows_what_learners_would_be_asked(
    wallet: Article, editor_client: Client
) -> None:
    content = exported()
    entry_of(content)["prompts"] = [{"question": "Why so?", "answer": "It is <so>."}]
    editor_client.post(reverse("admin:playbook_file_revision_add"), {"text": json.dumps(content)})
    revision = Revision.objects.get()
    page = text_of(editor_client.get(revision.get_absolute_url()))
    assert "New prompt Why so? It is <so>." in page
    assert "Retired prompt Why one?" in page
    root = reverse("admin:playbook_file_try_revision", args=[revision.pk])
    shown = text_of(editor_client.get(f"{root}articles/{WALLET}/"))
    assert "Test yourself Why so? Show answer It is <so>." in shown
    assert "Why one?" not in shown
    assert [question for _number, question, _answer in current()] == ["Why one?", "Why two?"]


def test_only_editors_see_prompts_in_what_changed(wallet: Article, editor_client: Client) -> None:
    content = exported()
    entry_of(content)["prompts"].append({"question": "Why so?", "answer": "So."})
    imported(content)
    save(editor_client, wallet, **{"prompts-0-answer": "By hand.", "prompts-1-retire": "on"})
    save(editor_client, wallet, title="Purse")
    snapshot = CatalogSnapshot("any", with_drafts=True)
    by_hand, from_file = [
        {change.kind: (change.old, change.new) for change in article.changes}
        for update in public_updates(snapshot)
        for article in update.articles
    ]
    assert from_file == {"asked": ("", "Why so? So.")}
    assert by_hand == {
        "retitled": ("Payment Wallet", "Purse"),
        "answer": ("Because.", "By hand."),
        "not asked": ("Why two?", ""),
    }
    page = text_of(editor_client.get("/changes/"))
    assert page.count("Payment Wallet Changed") + page.count("Purse Changed") == 2
    assert "Retired prompt Why two?" in page
    assert "Answer Why one? Because. By hand." in page
    for address in ("/changes/", "/feeds/changes.atom"):
        for text in ("Why so?", "By hand.", "Why two?"):
            assert text not in Client().get(address).content.decode()


# --- Files that are refused


def changed(change: Callable[[Content], object]) -> Callable[[Content], str]:
    def text(content: Content) -> str:
        change(content)
        return json.dumps(content, indent=2)

    return text


def entry_with(**values: Any) -> Callable[[Content], str]:
    return changed(lambda content: entry_of(content).update(values))


def prompt_with(**values: Any) -> Callable[[Content], str]:
    return changed(lambda content: entry_of(content)["prompts"][0].update(values))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lambda c: json.dumps(c, indent=2)[:-3], "The file is not valid JSON: "),
        (lambda c: '{"entries": ' + "[" * 100_000, "The file is not JSON that can be read."),
        (lambda c: '{"a": 1' + "0" * 5000 + "}", "The file is not JSON that can be read."),
        (lambda c: '[{"title": "A"}]', "The file has no list of “entries”"),
        (lambda c: '{"entries": {}}', "The file has no list of “entries”"),
        (lambda c: '{"entries": []}', "The file has no entry that can be used."),
        (lambda c: '{"entries": [1]}', "“entries” must be a list of objects."),
        (lambda c: '{"layers": [{}], "entries": []}', "A layer needs a title"),
        (entry_with(title=""), "An entry needs a title and a section."),
        (entry_with(section=None), "An entry needs a title and a section."),
        (entry_with(title=["A"]), "“title” must be a text."),
        (entry_with(what_you_learn="A\0"), "“what_you_learn” has a character that cannot"),
        (entry_with(title="\ud800"), "“title” has a character that cannot be stored."),
        (entry_with(prompts="Why?"), "“prompts” must be a list."),
        (entry_with(prompts=["Why?"]), "“prompts” must be a list of objects."),
        (entry_with(prompts=[{}] * 101), "An article has at most 100 prompts."),
        (prompt_with(question=""), "cannot be used: This field cannot be blank."),
        (prompt_with(question="Q" * 301), "The question has 301 characters; 300 are possible."),
        (prompt_with(answer="A" * 1001), "The answer has 1001 characters; 1000 are"),
        (prompt_with(uuid="7"), "“7” is not a UUID."),
        (prompt_with(sources=[{"title": "A"}]), "must end with an address"),
        (prompt_with(sources=[{"url": "javascript:alert(1)"}]), "must end with an address"),
        (prompt_with(sources={}), "“sources” must be a list."),
    ],
    ids=map(str, range(23)),
)
def test_a_file_that_does_not_fit_is_refused_with_the_reason(
    wallet: Article, text: Callable[[Content], str], reason: str
) -> None:
    before = stored()
    content = text(exported())
    with pytest.raises(Unreadable) as refused:
        apply(prepared(content))
    assert any(reason in note.text for note in refused.value.reasons)
    assert stored() == before


def test_a_refusal_names_the_line_of_the_entry(wallet: Article) -> None:
    content = exported()
    entry_of(content)["prompts"][0]["answer"] = ""
    text = json.dumps(content, indent=2)
    with pytest.raises(Unreadable) as refused:
        read(text.encode())
    (note,) = refused.value.reasons
    begins = text.splitlines()[: note.line]
    assert begins[-1] == "    {"
    before = [*content["layers"], *content["sections"]]
    slugs = [entry["slug"] for entry in content["entries"]]
    assert begins.count("    {") == len(before) + slugs.index(WALLET) + 1


def test_a_link_that_cannot_be_used_is_left_out_with_a_note(wallet: Article) -> None:
    content = exported()
    entry_of(content)["link"] = "ftp://example.org/"
    file = read(json.dumps(content).encode())
    (note,) = file.notes
    assert note.text == (
        "“ftp://example.org/” is not a link that begins with http:// or https://. "
        "The row has no link."
    )
