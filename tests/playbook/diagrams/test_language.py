import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.diagrams.drawing import Drawing, Edge, Node, NodeItem, Problem, Section
from playbook.diagrams.language import (
    MAX_EDGES,
    MAX_GROUPS,
    MAX_LABEL,
    MAX_LINES,
    MAX_NAME,
    MAX_NODES,
    MAX_TEXT,
    parse,
)

EXAMPLE = """\
client -> gateway -> orders -> db
gateway ..> cache
orders -> queue: OrderPlaced
# a comment

[Payments]
ledger -> db
wallet

audit
"""


def problems_of(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in parse(text).problems]


def test_the_language_in_one_text() -> None:
    assert parse(EXAMPLE) == Drawing(
        nodes=(
            Node("client"),
            Node("gateway"),
            Node("orders"),
            Node("db"),
            Node("cache"),
            Node("queue"),
            Node("ledger", "Payments"),
            Node("wallet", "Payments"),
            Node("audit"),
        ),
        edges=(
            Edge("client", "gateway"),
            Edge("gateway", "orders"),
            Edge("orders", "db"),
            Edge("gateway", "cache", is_dashed=True),
            Edge("orders", "queue", "OrderPlaced"),
            Edge("ledger", "db"),
        ),
        groups=("Payments",),
    )


def test_a_list_has_the_nodes_outside_of_groups_first() -> None:
    assert parse("a -> b: x\na ..> c\n[G]\nc -> a").sections == (
        Section(
            "",
            (
                NodeItem("a", (Edge("a", "b", "x"), Edge("a", "c", is_dashed=True))),
                NodeItem("b", ()),
            ),
        ),
        Section("G", (NodeItem("c", (Edge("c", "a"),)),)),
    )


@pytest.mark.parametrize(
    ("line", "edges"),
    [
        ("a->b", [Edge("a", "b")]),
        ("a --> b", [Edge("a", "b")]),
        ("a → b", [Edge("a", "b")]),
        ("a ...> b", [Edge("a", "b", is_dashed=True)]),
        ("a -> a", [Edge("a", "a")]),
        ("a -> b -> a", [Edge("a", "b"), Edge("b", "a")]),
        ("a -> b\na  ->  b", [Edge("a", "b")]),
        (
            "a -> b\na ..> b\na -> b: x",
            [Edge("a", "b"), Edge("a", "b", "", True), Edge("a", "b", "x")],
        ),
        ("a -> b ..> c: both", [Edge("a", "b"), Edge("b", "c", "both", True)]),
        ("a -> b: c -> d: e", [Edge("a", "b", "c -> d: e")]),
        ("a -> b:", [Edge("a", "b")]),
        ("api:8000 -> db:5432: reads", [Edge("api:8000", "db:5432", "reads")]),
        ("seat holds -> Redis, TTL 10 m", [Edge("seat holds", "Redis, TTL 10 m")]),
        ("a (x) -> [b] (c, d)", [Edge("a (x)", "[b] (c, d)")]),
        ("注文 -> 😀 café", [Edge("注文", "😀 café")]),
        ("a-b.c -> d…", [Edge("a-b.c", "d…")]),
        ("a\t ->\u00a0b   c ", [Edge("a", "b c")]),
        ("cafe\u0301 -> caf\u00e9", [Edge("café", "café")]),
        ("a\u202e\u0007\u200b\ud800 -> b\ufffe", [Edge("a", "b")]),
    ],
)
def test_arrows_names_and_labels(line: str, edges: list[Edge]) -> None:
    drawing = parse(line)
    assert (list(drawing.edges), drawing.problems) == (edges, ())


@pytest.mark.parametrize(
    ("text", "names", "problem"),
    [
        ("a ->", "a", (1, "an arrow needs something after it")),
        ("a\nb\nc -> d ->", "a b c d", (3, "an arrow needs something after it")),
        ("a -> -> b", "a", (1, "an arrow needs something after it")),
        ("-> b", "", (1, "an arrow needs something before it")),
        ("\u200d\u0301 -> b", "", (1, "an arrow needs something before it")),
        ("a -> : x", "a", (1, "an arrow needs something after it")),
        ("a: x", "", (1, "a label needs an arrow before it, as in “orders -> queue: paid”")),
        ("a: x -> b", "", (1, "a label needs an arrow before it, as in “orders -> queue: paid”")),
        ("a <- b", "", (1, "arrows point to the right. For both directions, write two lines")),
        ("a <-> b", "", (1, "arrows point to the right. For both directions, write two lines")),
        ("[Pay\na", "a", (1, "a group is a line of its own in brackets, as in “[Payments]”")),
        ("[a] -> b", "", (1, "a group is a line of its own in brackets, as in “[Payments]”")),
        ("[ ]\na", "a", (1, "a group needs a name, as in “[Payments]”")),
        ("a\n[G]", "a", (2, "the group “G” is empty. Write a member on the line below it")),
        ("[G]\na\n[H]\nb\na -> b", "a b", (5, "“a” is in the group “G” already, and stays there")),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    text: str, names: str, problem: tuple[int, str]
) -> None:
    assert problems_of(text) == [problem]
    assert [node.name for node in parse(text).nodes] == names.split()


def test_a_line_in_a_group_begins_with_a_member() -> None:
    drawing = parse("x -> b\n[G]\na -> b -> c\n[H]\nc\n\n[G]\n# more\nd\n\na -> d")
    assert [(node.name, node.group) for node in drawing.nodes] == [
        ("x", ""),
        ("b", ""),
        ("a", "G"),
        ("c", "H"),
        ("d", "G"),
    ]
    assert (drawing.groups, drawing.problems) == (("G", "H"), ())


def test_a_line_that_cannot_be_drawn_leaves_the_other_lines() -> None:
    drawing = parse("a -> b\n" + "x" * (MAX_NAME + 1) + " -> y\nb -> c")
    assert drawing.edges == (Edge("a", "b"), Edge("b", "c"))


def border_cases() -> dict[str, tuple[str, str, int, str]]:
    """Return for each limit a text at it, one beyond it, and the line and start of the problem."""
    names = "\n".join(f"n{index}" for index in range(MAX_NODES))
    edges = "\n".join(f"a -> b: {index}" for index in range(MAX_EDGES))
    groups = "\n".join(f"[g{index}]\nm{index}" for index in range(MAX_GROUPS))
    line = "#" * (MAX_TEXT - 5)
    return {
        "text": (f"a\nb\n{line}#", f"a\nb\n{line}##", 3, "a drawing has at most 5000 characters"),
        "lines": ("\n" * (MAX_LINES - 1) + "a", "\n" * MAX_LINES + "a", 201, "a drawing has"),
        "nodes": (names, f"{names}\nmore", MAX_NODES + 1, "a drawing has at most 30 boxes. “more”"),
        "edges": (edges, f"{edges}\nb -> a", MAX_EDGES + 1, "a drawing has at most 60 arrows"),
        "groups": (groups, f"{groups}\n[h]", 2 * MAX_GROUPS + 1, "a drawing has at most 8 groups"),
        "name": ("n" * MAX_NAME, "n" * (MAX_NAME + 1), 1, "a name has at most 60 characters"),
        "group": (f"[{'n' * 60}]\na", f"[{'n' * 61}]\na", 1, "a name has at most 60 characters"),
        "label": ("a->b: " + "l" * MAX_LABEL, "a->b: " + "l" * 81, 1, "a label has at most 80"),
    }


@pytest.mark.parametrize("limit", border_cases())
def test_limits_are_exact(limit: str) -> None:
    within, beyond, line, message = border_cases()[limit]
    assert problems_of(within) == []
    ((found_line, found_message),) = problems_of(beyond)
    assert (found_line, found_message.startswith(message)) == (line, True)


def test_what_is_drawn_already_does_not_count_again() -> None:
    for limit, again in (("edges", "a -> b: 0"), ("groups", "[g0]\nm0"), ("nodes", "n0")):
        within = border_cases()[limit][0]
        assert problems_of(f"{within}\n\n{again}") == []


def test_a_group_without_members_is_neither_drawn_nor_listed() -> None:
    drawing = parse("[Empty]\n\n[G]\na")
    assert drawing.groups == ("G",)
    assert [section.name for section in drawing.sections] == ["G"]


def test_beyond_a_limit_the_rest_is_still_drawn() -> None:
    text = "\n".join(f"n{index} -> n{index + 1}" for index in range(MAX_NODES))
    drawing = parse(text)
    assert (len(drawing.nodes), len(drawing.edges)) == (MAX_NODES, MAX_NODES - 1)
    text = "a -> b\n" * (MAX_LINES + 1)
    assert parse(text).edges == (Edge("a", "b"),)
    # A line that is cut off by the limit of the text is not drawn, since it could say anything.
    text = "a -> b\n" + "#" * (MAX_TEXT - 16) + "\nc -> database"
    assert parse(text).edges == (Edge("a", "b"),)


def test_any_line_ending_counts_as_one_line() -> None:
    for ending in ("\n", "\r\n", "\r"):
        assert problems_of(ending.join(["a", "b ->", "c ->"])) == [
            (2, "an arrow needs something after it"),
            (3, "an arrow needs something after it"),
        ]
    # Other separators of lines are spaces: the browser does not number lines by them.
    assert parse("a\u2028b\x0cc\x85d").nodes == (Node("a b c d"),)


@settings(max_examples=50)
@given(st.text(max_size=300) | st.text(alphabet="ab[]:#->.<→ \n", max_size=300))
def test_any_text_is_read_the_same_each_time(text: str) -> None:
    drawing = parse(text)
    assert drawing == parse(text)
    names = [node.name for node in drawing.nodes]
    assert len(names) == len(set(names))
    assert {name for edge in drawing.edges for name in (edge.source, edge.target)} <= set(names)
    items = [item for section in drawing.sections for item in section.nodes]
    assert sorted(item.name for item in items) == sorted(names)
    listed = [edge for item in items for edge in item.edges]
    assert sorted(listed, key=repr) == sorted(drawing.edges, key=repr)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= problem.line <= lines and problem.message for problem in drawing.problems)
    shown = "".join(names) + "".join(edge.label for edge in drawing.edges)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs"}


def test_a_problem_is_reported_in_the_order_of_lines() -> None:
    assert parse("[G]\n\na ->").problems == (
        Problem(1, "the group “G” is empty. Write a member on the line below it"),
        Problem(3, "an arrow needs something after it"),
    )
