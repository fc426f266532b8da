import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Entry
from catalog.snapshot import IndexedEntry
from progress.states import StateName
from progress.statistics import CountableIndex, Figure, Totals
from progress.statistics import count as count_index

A, B, C, D = 1, 2, 3, 4


def place(
    layer: str, section: str, status: str, article_id: int, countable: bool = True
) -> IndexedEntry:
    return IndexedEntry(
        entry=Entry(),
        layer=layer,
        section=section,
        status=status,
        article_id=article_id,
        is_countable=countable,
        title="",
        added_at=timezone.now(),
        text="",
    )


def count(places: list[IndexedEntry], states: dict[int, str]) -> Totals:
    return count_index(CountableIndex(places), states)


OUTLINE = [
    place("data", "caching", "published", A),
    place("data", "caching", "published", B),
    place("data", "workers", "published", B),
    place("scale", "feeds", "published", C),
    place("scale", "feeds", "published", C),
    place("scale", "security", "published", A),
    place("scale", "security", "published", D),
]


def numbers(figure: Figure) -> tuple[int, int, int, int]:
    return figure["todo"], figure["reading"], figure["done"], figure["skipped"]


def figures(totals: Totals) -> list[Figure]:
    return [
        totals.overall,
        *map(totals.of_layer, dict.fromkeys(place.layer for place in OUTLINE)),
        *map(totals.of_section, dict.fromkeys(place.section for place in OUTLINE)),
    ]


def test_above_the_section_an_article_counts_once() -> None:
    totals = count(OUTLINE, {A: "done", C: "done"})
    assert numbers(totals.overall) == (2, 0, 2, 0)
    assert numbers(totals.of_layer("data")) == (1, 0, 1, 0)
    assert numbers(totals.of_layer("scale")) == (1, 0, 2, 0)


def test_a_section_counts_its_rows() -> None:
    totals = count(OUTLINE, {C: "done", B: "reading"})
    assert numbers(totals.of_section("feeds")) == (0, 0, 2, 0)
    assert numbers(totals.of_section("caching")) == (1, 1, 0, 0)
    assert numbers(totals.of_section("workers")) == (0, 1, 0, 0)


def test_skipped_articles_leave_the_denominator() -> None:
    figure = count(OUTLINE, {A: "done", B: "skipped"}).overall
    assert (figure.finished, figure.required, figure.countable, figure.percent) == (1, 3, 4, 33)


def test_states_of_uncounted_articles_change_no_total() -> None:
    totals = count(OUTLINE, {99: "done", 98: "skipped"})
    assert figures(totals) == figures(count(OUTLINE, {}))


def test_uncountable_articles_are_in_no_total() -> None:
    draft = place("data", "caching", "draft", 5, countable=False)
    assert figures(count([*OUTLINE, draft], {5: "done"})) == figures(count(OUTLINE, {}))


def test_an_empty_scope_has_no_percentage() -> None:
    assert count([], {A: "done"}).overall.percent is None
    assert count(OUTLINE, {}).of_section("unknown").percent is None
    everything_skipped = count(OUTLINE, dict.fromkeys((A, B, C, D), "skipped")).overall
    assert (everything_skipped.percent, everything_skipped.is_complete) == (None, False)


def test_a_hundred_percent_means_everything_is_done() -> None:
    places = [place("data", "caching", "published", pk) for pk in range(1000)]
    all_but_one = dict.fromkeys(range(999), "done")
    assert count(places, all_but_one).overall.percent == 99
    everything = {**all_but_one, 999: "done"}
    assert count(places, everything).overall.is_complete


def test_each_number_links_to_the_items_it_counts() -> None:
    figure = count(OUTLINE, {}).of_layer("data")
    assert figure.finished_url == "/articles/?layer=data&status=published&state=done"
    assert figure.required_url == (
        "/articles/?layer=data&status=published&state=todo&state=reading&state=done"
    )


STATES = st.dictionaries(st.integers(1, 12), st.sampled_from(StateName.values[1:]))
PLACES = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(1, 10)), max_size=30
)


@given(PLACES, STATES)
def test_the_numbers_of_every_scope_add_up(
    places: list[tuple[str, str, int]], states: dict[int, str]
) -> None:
    index = [place(layer, f"{layer}-{section}", "published", pk) for layer, section, pk in places]
    totals = count(index, states)
    assert totals.overall.countable == len({pk for _layer, _section, pk in places})
    for slug in {place.layer for place in index}:
        figure = totals.of_layer(slug)
        articles = {place.article_id for place in index if place.layer == slug}
        assert figure.countable == len(articles)
        assert figure["done"] == sum(states.get(pk) == "done" for pk in articles)
        skipped = sum(states.get(pk) == "skipped" for pk in articles)
        assert figure.required == len(articles) - skipped
    for slug in {place.section for place in index}:
        figure = totals.of_section(slug)
        assert figure.countable == sum(place.section == slug for place in index)


@pytest.mark.parametrize(
    ("done", "required", "percent"), [(0, 3, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100)]
)
def test_percentages_are_rounded_down(done: int, required: int, percent: int) -> None:
    numbers = ((StateName.TODO, required - done), (StateName.DONE, done))
    assert Figure(numbers=numbers).percent == percent
