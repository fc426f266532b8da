"""Repair files that a program read in another encoding and saved as UTF-8."""

import pytest

from catalog.playbook_file.matching.merge import merge
from catalog.playbook_file.reading.file_parser import read
from catalog.playbook_file.reading.repair import protected, repaired
from catalog.playbook_file.writing.formats import write
from catalog.stored_catalog import stored
from tests.catalog.playbook_file.reading.test_file_parser import table

ENCODINGS = ("mac_roman", "sloppy-windows-1252", "latin-1")
CORRECT = """## ⚡ Schneller lesen

- [Größe ≥ 3](https://example.org/size) → „eins“ ✅
- [Кэш – и журнал](https://example.org/log) … 日本語
"""


def damaged(text: str, encoding: str) -> str:
    return text.encode().decode(encoding)


def test_repairs_of_encoding_are_noted() -> None:
    meant = table(" Title ", "| A – B |", heading="## 🏗 Fundamentals")
    broken = meant.encode().decode("mac_roman").replace("\n", "\r\n")
    file = read(b"\xef\xbb\xbf" + broken.encode())
    assert [section.heading for section in file.sections] == ["🏗 Fundamentals"]
    assert [row.title for row in file.rows] == ["A – B"]
    assert [(note.line, note.text) for note in file.notes] == [
        (1, "A byte order mark was removed."),
        (1, "Windows line endings were replaced."),
        (1, "Wrongly decoded text was repaired."),
        (5, "Wrongly decoded text was repaired."),
    ]


def test_emoji_without_its_first_byte_is_repaired() -> None:
    assert repaired("## üèó Fundamentals ‚Äì more") == "## 🏗 Fundamentals – more"


@pytest.mark.parametrize(
    "text",
    [
        "Grüße, süßes Früchtchen",
        "naïve café",
        "Übung – über",
        "🏗 ü",
        "c’è",
        "É…",
        "C’è – voilà »",
        "“Über",
    ],
)
def test_correct_text_is_not_changed(text: str) -> None:
    assert repaired(text) == text


def test_protected_text_is_not_repaired() -> None:
    (safe,) = protected(["A ‚Äì B"])
    assert safe.isascii()
    text = table("Title", f"| {safe} |")
    assert [row.title for row in read(text.encode()).rows] == ["A ‚Äì B"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_whole_file_is_repaired(encoding: str) -> None:
    assert repaired(damaged(CORRECT, encoding)) == CORRECT


@pytest.mark.parametrize("text", ["‚ö°", "‚Üí", "‚â•", "‚úÖ"])
def test_file_with_a_single_wrong_character_is_repaired(text: str) -> None:
    assert repaired(f"- {text}") == f"- {text.encode('mac_roman').decode()}"


def test_text_that_was_decoded_wrongly_twice_is_repaired() -> None:
    assert repaired(damaged(damaged(CORRECT, "mac_roman"), "sloppy-windows-1252")) == CORRECT


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_damaged_file_that_was_continued_is_repaired(encoding: str) -> None:
    written_on = f"{damaged(CORRECT, encoding)}\nNeu: ✅ “Übung” → 日本 {damaged('⚡', encoding)}"
    assert repaired(written_on) == f"{CORRECT}\nNeu: ✅ “Übung” → 日本 ⚡"


@pytest.mark.same_everywhere
@pytest.mark.usefixtures("playbook")
@pytest.mark.parametrize("lost", ["", "\uf8ff"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_damaged_copy_of_the_playbook_changes_nothing(encoding: str, lost: str) -> None:
    before = stored()
    copy = damaged(write(before, "markdown"), encoding)
    file = read((copy.replace(lost, "") if lost else copy).encode())
    assert merge(before, file).after == before


def test_text_that_looks_damaged_as_a_whole_survives_an_export() -> None:
    lines = [damaged(line, "mac_roman") for line in CORRECT.split("\n")]
    assert repaired("\n".join(protected(lines))) == "\n".join(protected(lines))
    assert protected(CORRECT.split("\n")) == CORRECT.split("\n")


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", "Ôªø", "\ufeffï»¿"])
def test_byte_order_marks_are_removed(mark: str) -> None:
    file = read(f"{mark}{table('Title', '| A |')}\n\ufeff{table('Title', '| B → |')}".encode())
    assert [section.heading for section in file.sections] == ["A section", "A section"]
    assert "A byte order mark was removed." in [note.text for note in file.notes]
