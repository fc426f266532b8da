import re
import resource
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from subprocess import TimeoutExpired
from textwrap import wrap
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.diagrams import layout
from playbook.diagrams.language import MAX_EDGES, MAX_GROUPS, MAX_NAME, MAX_NODES, parse
from playbook.diagrams.svg import draw

SVG = "{http://www.w3.org/2000/svg}"
ATTRIBUTES = {
    "svg": {"class", "role", "width", "height", "viewBox", "aria-label"},
    "g": {"class"},
    "rect": {"x", "y", "width", "height", "rx"},
    "text": {"x", "y"},
    "path": {"d"},
    "polygon": {"points"},
}
COORDINATES = re.compile(r"[MC0-9., -]*")

names = st.text(
    st.characters(exclude_categories=["C", "Z", "M"], exclude_characters=":[]<>→#-."),
    min_size=1,
    max_size=12,
)


def root_of(text: str, label: str = "") -> ET.Element:
    return ET.fromstring(draw(parse(text), label))


def texts_of(root: ET.Element, kind: str) -> list[list[str]]:
    """Return the lines of text of every group of elements with this class."""
    groups = [group for group in root if f"diagram-{kind}" in group.attrib["class"].split()]
    return [[text.text or "" for text in group.iter(f"{SVG}text")] for group in groups]


def assert_is_plain(root: ET.Element) -> None:
    """Check that nothing in the SVG can run, load, link or style anything."""
    for element in root.iter():
        kind = element.tag.removeprefix(SVG)
        assert set(element.attrib) <= ATTRIBUTES[kind]
        for name in ("d", "points"):
            assert COORDINATES.fullmatch(element.get(name, ""))


def test_a_drawing_has_its_boxes_arrows_and_labels() -> None:
    root = root_of('a -> b: x <&> "y"\nb ..> a\n[G & H]\nb', 'The "design" <b>')
    assert_is_plain(root)
    assert texts_of(root, "box") == [["a"], ["b"]]
    assert texts_of(root, "label") == [['x <&> "y"']]
    assert texts_of(root, "title") == [["G & H"]]
    assert [group.get("class") for group in root if "arrow" in group.attrib["class"]] == [
        "diagram-arrow",
        "diagram-arrow diagram-dashed",
    ]
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'The "design" <b>: 2 boxes, 2 arrows. The list says the same.'


def test_boxes_lie_left_to_right_and_apart() -> None:
    root = root_of("a -> b -> c\na -> d")
    boxes = [group[0].attrib for group in root if group.get("class") == "diagram-box"]
    left = [float(box["x"]) for box in boxes]
    right = [float(box["x"]) + float(box["width"]) for box in boxes]
    assert right[0] < left[1]
    assert right[1] < left[2]
    assert left[1] == left[3]
    for triangle in root.iter(f"{SVG}polygon"):
        corners = [float(corner.split(",")[0]) for corner in triangle.attrib["points"].split()]
        assert 0 < max(corners) - min(corners) < 15


def test_wide_characters_get_wide_boxes() -> None:
    root = root_of(
        "abcdefghij -> \N{CJK UNIFIED IDEOGRAPH-5EAB}" + "\N{CJK UNIFIED IDEOGRAPH-5B58}" * 9
    )
    latin, chinese = (
        float(group[0].attrib["width"]) for group in root if group.get("class") == "diagram-box"
    )
    assert chinese > 1.7 * latin


def test_a_group_is_drawn_around_its_members_alone() -> None:
    root = root_of("c -> a -> d\n[G]\na\nb\n\nb -> d")
    rectangles = {
        "".join(text.text or "" for text in group.iter(f"{SVG}text")): group[0].attrib
        for group in root
        if group.get("class") == "diagram-box"
    }
    (frame,) = [group[0].attrib for group in root if group.get("class") == "diagram-group"]

    def is_inside(box: dict[str, str]) -> bool:
        return all(
            float(frame[start]) < float(box[start])
            and float(box[start]) + float(box[size]) < float(frame[start]) + float(frame[size])
            for start, size in (("x", "width"), ("y", "height"))
        )

    assert {name for name, box in rectangles.items() if is_inside(box)} == {"a", "b"}


def test_a_long_name_is_broken_into_lines_within_its_box() -> None:
    name = "a service that somebody named at length and in many words"
    root = root_of(f"{name} -> b")
    lines = wrap(name, 22)
    assert (texts_of(root, "box")[0], len(lines)) == (lines, 4)
    boxes = [group[0].attrib for group in root if group.get("class") == "diagram-box"]
    assert float(boxes[0]["height"]) == float(boxes[1]["height"]) + 3 * 17


def test_an_empty_drawing_is_no_svg() -> None:
    assert draw(parse("# nothing\n->")) == ""


def test_a_program_that_is_missing_or_slow_gives_no_svg(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawing = parse("missing program -> b")
    layout.arrange.cache_clear()
    monkeypatch.setattr(layout, "PROGRAM", tmp_path / "none")
    assert draw(drawing) == ""
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    monkeypatch.setattr(layout, "PROGRAM", slow)
    monkeypatch.setattr(layout, "TIMEOUT_SECONDS", 0.1)
    assert draw(drawing) == ""
    with pytest.raises(layout.LayoutFailed) as failure:
        layout.arrange(layout.Graph((layout.Size(1, 1),), (), ()))
    assert isinstance(failure.value.__cause__, TimeoutExpired)
    # A failure is not kept.
    monkeypatch.undo()
    assert texts_of(ET.fromstring(draw(drawing)), "box") == [["missing program"], ["b"]]


def test_a_process_lays_out_one_drawing_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running, together = tmp_path / "running", tmp_path / "together"
    program = tmp_path / "program"
    program.write_text(
        f"#!/bin/sh\nmkdir {running} || touch {together}\nsleep 0.05\nrmdir {running}\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(layout, "PROGRAM", program)
    drawings = [parse(f"{'x' * length} -> one at a time") for length in (30, 40, 50)]
    with ThreadPoolExecutor() as threads:
        assert list(threads.map(draw, drawings)) == [""] * 3
    assert not together.exists()


def test_the_program_gets_no_text_of_a_reader() -> None:
    layout.arrange.cache_clear()
    draw(parse("aaa -> bbb: lll\n[GGG]\nbbb"))
    draw(parse("ccc -> ddd: lll\n[GGG]\nddd"))
    # Other texts of the same size are the same graph.
    assert layout.arrange.cache_info().misses == 1


def test_groups_with_labels_and_circles_are_laid_out() -> None:
    """Graphviz fails for this one ("trouble in init_rank") unless it ranks anew."""
    groups = ["[G0]", *"adgj", "[G1]", *"behk", "[G2]"]
    pairs = "fk kf ac ie jd eb id ic df hl gc ak jk ab bi jh dg fb ia il ga cg kd lb bk hd cl"
    arrows = [f"{pair[0]} -> {pair[1]}: message xx" for pair in pairs.split()]
    root = root_of("\n".join([*groups, *arrows]))
    assert len(texts_of(root, "label")) == len(arrows)


def numbered(pairs: list[tuple[int, int]]) -> str:
    """Return the text of a drawing at the limits of boxes, arrows and groups."""
    groups = [f"[group {group}]" for group in range(MAX_GROUPS)]
    for node in range(MAX_NODES):
        groups[node % MAX_GROUPS] += f"\nservice {node}"
    arrows = [f"service {a} -> service {b}: message {i}" for i, (a, b) in enumerate(pairs)]
    return "\n".join([*groups, "", *arrows])


def dense_pairs() -> list[tuple[int, int]]:
    random = Random(1)
    return [(random.randrange(MAX_NODES), random.randrange(MAX_NODES)) for _ in range(MAX_EDGES)]


def long_pairs() -> list[tuple[int, int]]:
    """Return a chain through all boxes, and arrows from its end back to its beginning.

    Of the shapes that were tried, the program takes longest for this one.
    """
    chain = [(node, node + 1) for node in range(MAX_NODES - 1)]
    random = Random(1)
    back = range(MAX_EDGES - len(chain))
    return chain + [(MAX_NODES - 1 - random.randrange(8), random.randrange(8)) for _ in back]


@pytest.mark.parametrize("pairs", [dense_pairs(), long_pairs()], ids=["dense", "long"])
def test_the_largest_drawings_are_drawn_in_bounded_time(pairs: list[tuple[int, int]]) -> None:
    drawing = parse(numbered(pairs))
    assert (len(drawing.nodes), len(drawing.edges), drawing.problems) == (MAX_NODES, MAX_EDGES, ())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    root = ET.fromstring(draw(drawing))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(texts_of(root, "box")) == MAX_NODES
    assert len(texts_of(root, "arrow")) == MAX_EDGES
    # Measured: at most a quarter of a second of processor. The limit is for slow machines.
    assert after.ru_utime - before.ru_utime < 1


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="ab\"'<>&[]:#->. \n\u202e\x07", max_size=200))
def test_any_text_gives_plain_svg(text: str) -> None:
    if svg := draw(parse(text), text):
        assert_is_plain(ET.fromstring(svg))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(names, names, st.sampled_from(["->", "..>"]), names), max_size=12))
def test_every_box_and_arrow_is_drawn_once(edges: list[tuple[str, str, str, str]]) -> None:
    text = "\n".join(
        f"{source} {arrow} {target}: {label}" for source, target, arrow, label in edges
    )
    drawing = parse(text)
    assert drawing.problems == ()
    assert len(drawing.edges) == len(set(edges))
    if not edges:
        return
    root = ET.fromstring(draw(drawing))
    assert Counter("".join(box) for box in texts_of(root, "box")) == Counter(
        node.name for node in drawing.nodes
    )
    assert len(texts_of(root, "arrow")) == len(drawing.edges)
    assert len(texts_of(root, "label")) == len(drawing.edges)


def test_a_name_without_spaces_is_drawn_in_full() -> None:
    (lines,) = texts_of(root_of("n" * MAX_NAME), "box")
    assert "".join(lines) == "n" * MAX_NAME
