"""Every prerequisite that ships says in one clause why its article needs the other one."""

import re
from collections.abc import Mapping

import pytest

from catalog.graph import Edge, cycles, in_order
from catalog.shipped import rows_of

ROWS = list(rows_of("prerequisites"))
EDGES = [Edge(str(row["article"][0]), str(row["requires"][0])) for row in ROWS]
CLAUSE = re.compile(r"it needs [^.;:!?]{10,110}")


@pytest.fixture(scope="module")
def journey() -> list[str]:
    """Return the articles in the order of the roadmap."""
    numbers = {row["slug"]: row["number"] for row in rows_of("sections")}
    entries = sorted(
        rows_of("entries"), key=lambda row: (numbers[row["section"][0]], row["number"])
    )
    return list(dict.fromkeys(row["article"][0] for row in entries))


@pytest.fixture(scope="module")
def layer_of() -> Mapping[str, int]:
    """Return the number of the first layer that lists each article."""
    layers = {row["slug"]: row["number"] for row in rows_of("layers")}
    sections = {row["slug"]: layers[row["layer"][0]] for row in rows_of("sections")}
    first: dict[str, int] = {}
    for entry in rows_of("entries"):
        (slug,), number = entry["article"], sections[entry["section"][0]]
        first[slug] = min(number, first.get(slug, number))
    return first


def test_at_least_thirty_ship_without_a_cycle_and_without_repetition() -> None:
    assert len(EDGES) >= 30
    assert len(set(EDGES)) == len(EDGES)
    assert len({row["uuid"] for row in ROWS}) == len(ROWS)
    assert cycles(EDGES) == {}


def test_every_reason_is_one_clause_of_its_own() -> None:
    assert [row["reason"] for row in ROWS if not CLAUSE.fullmatch(row["reason"])] == []
    assert len({row["reason"] for row in ROWS}) == len(ROWS)


def test_every_article_that_ships_is_on_the_map(journey: list[str]) -> None:
    assert {slug for edge in EDGES for slug in edge} == set(journey)


def test_no_article_requires_one_of_a_later_layer(layer_of: Mapping[str, int]) -> None:
    assert [edge for edge in EDGES if layer_of[edge.requires] > layer_of[edge.article]] == []


def test_the_order_to_read_in_stays_near_the_roadmap(
    journey: list[str], layer_of: Mapping[str, int]
) -> None:
    order = in_order(journey, EDGES, journey.index)
    assert [layer_of[slug] for slug in order] == sorted(layer_of[slug] for slug in journey)
    assert max(abs(order.index(slug) - journey.index(slug)) for slug in journey) <= 3


def test_no_prerequisite_is_implied_by_a_chain_of_others_in_its_layer(
    layer_of: Mapping[str, int],
) -> None:
    """A prerequisite that follows from the others within a layer says nothing new."""

    def reach(slug: str, without: Edge[str]) -> set[str]:
        found: set[str] = set()
        waiting = [slug]
        while waiting:
            current = waiting.pop()
            for edge in EDGES:
                if edge.article == current and edge != without and edge.requires not in found:
                    found.add(edge.requires)
                    waiting.append(edge.requires)
        return found

    inside = [edge for edge in EDGES if layer_of[edge.article] == layer_of[edge.requires]]
    implied = [edge for edge in inside if edge.requires in reach(edge.article, edge)]
    assert len(implied) <= 1
