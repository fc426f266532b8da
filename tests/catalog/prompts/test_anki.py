"""The file for Anki, imported with Anki itself."""

import csv
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from anki.collection import Collection, ImportCsvRequest
from anki.consts import CARD_TYPE_REV, QUEUE_TYPE_REV
from anki.import_export_pb2 import ImportResponse
from anki.notes import Note
from django.test import Client

from catalog.models import Article, Entry, Status
from catalog.prompts.anki import AnkiNote, anki_file, tags_of
from catalog.prompts.models import Prompt, Source

pytestmark = pytest.mark.same_everywhere

PATH = "/prompts/anki.txt"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    collection = Collection(str(tmp_path / "collection.anki2"))
    yield collection
    collection.close()


def import_file(collection: Collection, text: str, tmp_path: Path) -> ImportResponse.Log:
    path = tmp_path / "cards.txt"
    path.write_text(text, encoding="utf-8", newline="")
    metadata = collection.get_csv_metadata(path=str(path), delimiter=None)
    request = ImportCsvRequest(path=str(path), metadata=metadata)
    return collection.import_csv(request).log


def notes(collection: Collection) -> dict[str, Note]:
    found = [collection.get_note(pk) for pk in collection.find_notes("")]
    return {note.guid: note for note in found}


def test_a_later_file_updates_the_texts_and_keeps_the_schedule(
    collection: Collection, tmp_path: Path
) -> None:
    kept, edited, added = (uuid4() for _ in range(3))
    tags = ("layer::data-mastery", "section::caching")
    first = [AnkiNote(kept, "Kept?", "Yes.", (), tags), AnkiNote(edited, "Old?", "Old.", (), tags)]
    log = import_file(collection, anki_file(first), tmp_path)
    assert (len(log.new), len(log.updated)) == (2, 0)
    note = notes(collection)[str(edited)]
    (card,) = note.cards()
    assert collection.decks.name(card.did) == "System Design Playbook"
    assert note.tags == list(tags)
    card.type, card.queue = CARD_TYPE_REV, QUEUE_TYPE_REV
    card.ivl, card.due, card.reps = 46, 91, 5
    collection.update_card(card)

    second = [
        first[0],
        AnkiNote(edited, "New?", "New.", (), tags),
        AnkiNote(added, "Added?", "Yes.", (), tags),
    ]
    log = import_file(collection, anki_file(second), tmp_path)
    assert [entry.fields[0] for entry in log.new] == ["Added?"]
    assert [entry.fields[0] for entry in log.updated] == ["Old?"]
    assert [entry.fields[0] for entry in log.duplicate] == ["Kept?"]
    after = notes(collection)
    assert {guid: note.fields for guid, note in after.items()} == {
        str(kept): ["Kept?", "Yes."],
        str(edited): ["New?", "New."],
        str(added): ["Added?", "Yes."],
    }
    (card,) = after[str(edited)].cards()
    assert (card.type, card.queue) == (CARD_TYPE_REV, QUEUE_TYPE_REV)
    assert (card.ivl, card.due, card.reps) == (46, 91, 5)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ('"Quoted" and "', "&quot;Quoted&quot; and &quot;"),
        ("a\ttab", "a\ttab"),
        ("one\ntwo\r\n\nfour", "one<br>two<br><br>four"),
        (
            "1 < 2 & <script>alert(1)</script>",
            "1 &lt; 2 &amp; &lt;script&gt;alert(1)&lt;/script&gt;",
        ),
        ("#deck:Other", "#deck:Other"),
        ("It’s “ü” 雪", "It’s “ü” 雪"),
        ("{{c1::cloze}}", "{{c1::cloze}}"),
    ],
)
def test_texts_survive(collection: Collection, tmp_path: Path, text: str, html: str) -> None:
    key = uuid4()
    import_file(collection, anki_file([AnkiNote(key, text, text)]), tmp_path)
    front, back = notes(collection)[str(key)].fields
    assert front.replace("&quot;", '"') == html.replace("&quot;", '"')
    assert back == front


def test_sources_are_links(collection: Collection, tmp_path: Path) -> None:
    key = uuid4()
    note = AnkiNote(key, "Q?", "A.", (Source("RFC <1>", "https://example.org/?a=1&b=2"),))
    import_file(collection, anki_file([note]), tmp_path)
    back = notes(collection)[str(key)].fields[1]
    link = '<a href="https://example.org/?a=1&amp;b=2">RFC &lt;1&gt;</a>'
    assert back == f"A.<br><br>Sources: {link}"


def test_tags_are_the_layers_and_sections_once(playbook: None) -> None:
    article = Article.objects.get(slug="client-side-caching-with-etag-validation")
    (entry,) = Entry.objects.filter(article=article).select_related("section__layer")
    section = entry.section
    expected = (f"layer::{section.layer.slug}", f"section::{section.slug}")
    assert tags_of([entry, entry]) == expected


def rows(client: Client) -> dict[UUID, str]:
    lines = client.get(PATH).content.decode().splitlines()
    table = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {UUID(guid): question for guid, question, _back, _tags in table}


def test_the_file_has_the_current_prompts_of_countable_articles(
    client: Client, playbook: None
) -> None:
    Prompt.objects.all().delete()
    one, two = Article.objects.listed().filter(status__slug="published")[:2]
    shown = Prompt.objects.create(article=one, question="Shown?", answer="Yes.")
    retired = Prompt.objects.create(article=one, number=2, question="Retired?", answer="No.")
    retired.retire()
    hidden = Prompt.objects.create(article=two, question="Hidden?", answer="No.")
    two.status = Status.objects.get(slug="draft")
    two.save()
    assert rows(client) == {shown.uuid: "Shown?"}
    etag = client.get(PATH)["ETag"]
    assert client.get(PATH, headers={"If-None-Match": etag}).status_code == 304
    hidden.retire()
    response = client.get(PATH)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="playbook-prompts.txt"'
    assert "public" in response["Cache-Control"]
