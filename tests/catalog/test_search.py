"""The search forgives spellings and one typo, and suggests the nearest word."""

import pytest

from catalog.search.bitmaps import IN, bitmap_at, bitmap_of, digits_of
from catalog.search.search_index import SearchIndex, fold

TEXTS = [
    "Caching, Invalidation & Read Path Acceleration",
    "Deep Dive into 1M RPS API Design",
    "Fan‑Out on write: a naïve approach, it’s slow",
    "Über den Cluster: Kafka, queues and 10000 readers",
]


@pytest.fixture
def index() -> SearchIndex:
    return SearchIndex([fold(text) for text in TEXTS])


def numbers(bitmap: int) -> list[int]:
    return [number for number, digit in enumerate(digits_of(bitmap, len(TEXTS))) if digit == IN]


def found(index: SearchIndex, text: str) -> list[int]:
    return numbers(index.find(text).all)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("u\u0308ber", "über"),
        ("ÜBER", "uber"),
        ("ｃａｃｈｅ", "cache"),
        ("ＣＡＣＨＥ", "cache"),
        ("it’s", "it's"),
        ("it＇s", "it's"),
        ("fan\u2011out", "fan-out"),
        ("fan–out", "fan-out"),
        ("naïve", "naive"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("ΟΔΟΣ", "οδος"),
        ("🏗\ufe0f", "🏗"),
        ("soft\u00adware", "software"),
        ("two\u00a0words", "two words"),
    ],
)
def test_spellings_of_the_same_text_are_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold(fold(one)) == fold(one)


@pytest.mark.parametrize("text", ["が", "한글", "हिन्दी", "c++", "100%", "a_b", "p1"])
def test_characters_that_are_no_accents_stay(text: str) -> None:
    assert fold(text) == text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("caching", [0]),
        ("cachng", [0]),  # one letter missing
        ("cachinng", [0]),  # one too many
        ("cachimg", [0]),  # a wrong one
        ("cahcing", [0]),  # two swapped
        ("CACHNG Path", [0]),
        ("cahcng", []),  # two typos
        ("kafak", [3]),
        ("kafa", [3]),  # of a word of five letters
        ("raed", []),  # read has four letters
        ("wrtie", [2]),
        ("10001", []),  # another number is no typo
        ("fna-out", []),
        ("fan-out", [2]),
        ("approahc naive", [2]),
        ("cachng kafka", []),
        ("10000", [3]),
        ("%", []),
        ("", [0, 1, 2, 3]),
        ("\ufe0f", [0, 1, 2, 3]),
    ],
)
def test_one_typo_is_forgiven_in_words_of_five_letters(
    index: SearchIndex, typed: str, expected: list[int]
) -> None:
    assert found(index, typed) == expected


def test_a_typo_in_one_part_of_a_hyphenated_word_is_forgiven() -> None:
    index = SearchIndex(["cluster-wide warm-up", "a wide cluster", "warm-up of the cluster"])
    assert index.find("wamr-up").all == 0
    assert index.find("up-wide").all == 0
    assert index.find("up++").all == 0
    assert index.find("clutser-wide").all == bitmap_of([True, True, False])
    assert index.find("cluster-wide").exact == bitmap_of([True, False, False])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("accelr", [0]),  # acceleration, of which one letter is missing
        ("accleer", [0]),
        ("acxeler", [0]),
        ("acclere", []),  # two typos
        ("accelex", []),  # what comes next is not known yet
        ("acle", []),  # four letters
        ("10010", []),
    ],
)
def test_a_typo_is_forgiven_while_a_word_is_being_typed(
    index: SearchIndex, typed: str, expected: list[int]
) -> None:
    assert found(index, typed) == expected


def test_an_unfinished_word_with_a_typo_is_guessed_only_if_the_word_is_unknown() -> None:
    index = SearchIndex(["count", "contention"])
    assert index.find("count").all == 0b10
    assert SearchIndex(["contention"]).find("count").all == 0b1


def test_exact_matches_are_distinguished_from_matches_with_a_typo() -> None:
    index = SearchIndex(["reader", "leader", "a reader and a leader"])
    matches = index.find("reader")
    assert (matches.exact, matches.all) == (0b101, 0b111)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cachng", "caching"),
        ("cahcng", "caching"),
        ("CACHNG path", "caching path"),
        ("clutser kafak", "cluster kafka"),
        ("raed", "read"),
        ("caching", ""),
        ("cachi", ""),
        ("zebra crossing", ""),
        ("%", ""),
        ("10001", ""),
    ],
)
def test_the_nearest_word_is_offered_for_an_unknown_one(
    index: SearchIndex, typed: str, meant: str
) -> None:
    assert index.correct(typed) == meant


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ('"cache"', "cache invalidation"),
        ("\u201ccache\u201d", "cache invalidation"),
        ("cache,", "cache invalidation"),
        ("(cache)?", "cache invalidation"),
        ('"zero trust"', "zero-trust access"),
        ("zero-trust", "zero-trust access"),
        ("load-balancing", "load balancing"),
        ("fanout", "fan-out on write"),
        ("fan out", "fan-out on write"),
        ("multitenant", "multi-tenant"),
        ("?", "why? because"),
    ],
)
def test_punctuation_and_hyphens_make_no_difference(typed: str, text: str) -> None:
    matches = SearchIndex(["something else", text]).find(typed)
    assert matches.exact == matches.all == bitmap_at([1], 2)


def test_the_more_frequent_of_two_near_words_is_offered() -> None:
    assert SearchIndex(["cart", "card", "card"]).correct("carx") == "card"
    assert SearchIndex(["cart", "card"]).correct("carx") == "card"


def test_nothing_is_found_or_corrected_in_an_empty_catalogue() -> None:
    index = SearchIndex([])
    assert (index.find("cache").all, index.correct("cache")) == (0, "")


def test_bitmaps_have_a_digit_for_each_entry() -> None:
    assert digits_of(bitmap_of([True, False, False, True]), 4) == b"1001"
    assert digits_of(bitmap_at([1, 3, 1], 4), 4) == b"0101"
    assert (bitmap_at([], 0), bitmap_of([])) == (0, 0)
