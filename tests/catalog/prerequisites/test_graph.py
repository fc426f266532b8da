import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.graph import Edge, cycle_with, in_order

pytestmark = pytest.mark.same_everywhere


def test_the_cycle_that_an_edge_closes_is_named_from_the_article_back_to_it() -> None:
    edges = [Edge(2, 1), Edge(3, 2), Edge(4, 3), Edge(5, 1)]
    assert cycle_with(edges, 1, 4) == [1, 4, 3, 2, 1]
    assert cycle_with(edges, 1, 1) == [1, 1]
    assert cycle_with(edges, 5, 4) == []


def test_an_article_comes_after_what_it_requires_and_otherwise_by_its_place() -> None:
    edges = [Edge(1, 4), Edge(2, 1), Edge(3, 99)]
    assert in_order([1, 2, 3, 4], edges, lambda pk: pk) == [3, 4, 1, 2]
    assert in_order([1, 2, 3], [Edge(2, 1), Edge(3, 1)], lambda pk: -pk) == [1, 3, 2]


@given(
    st.permutations(range(8)),
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=25),
)
def test_edges_that_close_no_cycle_always_leave_an_order(
    places: list[int], pairs: set[tuple[int, int]]
) -> None:
    edges: list[Edge[int]] = []
    for article, requires in sorted(pairs):
        if not cycle_with(edges, article, requires):
            edges.append(Edge(article, requires))
    order = in_order(range(8), edges, places.__getitem__)
    assert sorted(order) == list(range(8))
    assert all(order.index(edge.requires) < order.index(edge.article) for edge in edges)
