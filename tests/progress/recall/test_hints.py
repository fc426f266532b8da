import pytest

from progress.recall.hints import AnswerPart, compare

ANSWER = (
    "Two writers may reach the cache in another order than the database, and an update would keep "
    "the older value. After a delete the next reader loads what the database holds."
)


def missing(typed: str, *points: str) -> list[str]:
    return [part.text for part in compare(typed, ANSWER, points) if part.is_missing]


def test_the_clauses_that_a_typed_answer_leaves_out_are_marked() -> None:
    assert missing("Two writers race in the cache, so it keeps an older value") == [
        "After a delete the next reader loads what the database holds."
    ]
    assert missing(
        "writers reach the cache in a different order; the reader loads from the database"
    ) == ["and an update would keep the older value."]


def test_an_answer_that_says_everything_or_nothing_has_no_hint() -> None:
    assert missing(ANSWER.upper()) == []
    assert missing("  ") == []
    assert compare("", "One. Two.") == [AnswerPart("One."), AnswerPart("Two.")]


def test_own_points_are_compared_one_by_one_and_a_slip_is_forgiven() -> None:
    points = ("Seats are held for ten minutes", "A unique constraint", "ACK")
    assert missing("seats are heeld ten minuts, then acknowledged", *points) == [
        "A unique constraint", "ACK"
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["🙂" * 3000, "x " * 1500, "\x00", "ΑΒΓ אבג 漢字"])
def test_any_text_is_compared(typed: str) -> None:
    assert compare(typed, ANSWER)
