"""What becomes of sections, layers, statuses and open questions by a playbook file."""

from dataclasses import replace

import pytest

from catalog.catalog_data import CatalogData, StatusData
from catalog.playbook_file.matching.decisions import NEW, Undecidable
from catalog.playbook_file.matching.merge import Merge, merge
from catalog.playbook_file.reading.parsed_file import FileLayer
from tests.catalog.playbook_file.test_merge import (
    CACHES,
    FIRST,
    QUEUES,
    QUORUM,
    SECOND,
    SHARDS,
    TWO,
    article,
    articles_of,
    catalogue,
    file,
    layers_of,
    notes_of,
    row,
    section,
    sections_of,
    table,
    then,
    with_draft,
)

OTHER = "https://medium.com/@author/sharding-bbbbbbbbbbb1"
KEY = "medium:bbbbbbbbbbb1"
TWO_ROWS = (row("Shards", SHARDS), row("Queues", QUEUES))


# --- Sections


def test_another_emoji_is_a_name() -> None:
    merged = then(TWO, section("🧱 Basics", row("Shards", SHARDS), row("Queues", QUEUES)))
    assert sections_of(merged) == {"basics": [("renamed", "🏗 Basics", "🧱 Basics")]}


def test_with_half_of_the_articles_of_another_it_is_that_one_renamed() -> None:
    merged = then(TWO, section("Foundations", row("Shards", SHARDS), row("Caches", CACHES)))
    assert sections_of(merged) == {"basics": [("renamed", "🏗 Basics", "Foundations")]}
    assert table(merged.after, "basics") == [(1, "Shards", "shards"), (2, "Caches", "caches")]


def test_split_in_two_the_larger_share_keeps_the_section() -> None:
    before = catalogue(
        section("Basics", row("Shards", SHARDS), row("Queues", QUEUES), row("Caches", CACHES))
    )
    merged = then(
        before,
        section("Moving", row("Queues", QUEUES)),
        section("Storing", row("Shards", SHARDS), row("Caches", CACHES)),
    )
    assert sections_of(merged) == {
        "basics": [("renamed", "Basics", "Storing"), ("renumbered", "1", "2")],
        "moving": [("new", "", "Moving"), ("placed", "", "First steps")],
    }
    assert articles_of(merged)["queues"] == [("moved", "Basics", "Moving")]


def test_joined_into_one_the_empty_one_is_retired() -> None:
    before = catalogue(
        section("Storing", row("Shards", SHARDS)), section("Moving", row("Queues", QUEUES))
    )
    merged = then(before, section("Storing", row("Shards", SHARDS), row("Queues", QUEUES)))
    assert sections_of(merged) == {"moving": [("retired", "Moving", "")]}
    assert [found.slug for found in merged.after.journey] == ["storing"]


def test_one_that_comes_back_is_itself() -> None:
    before = catalogue(
        section("Storing", row("Shards", SHARDS)), section("Moving", row("Queues", QUEUES))
    )
    gone = then(before, section("Storing", row("Shards", SHARDS))).after
    merged = then(
        gone, section("Storing", row("Shards", SHARDS)), section("Moving", row("Queues", QUEUES))
    )
    assert sections_of(merged)["moving"][0] == ("back", "", "Moving")
    assert articles_of(merged)["queues"][0] == ("back", "Queues", "Queues")


def test_in_another_order_they_are_numbered_anew() -> None:
    storing = section("Storing", row("Shards", SHARDS))
    moving = section("Moving", row("Queues", QUEUES))
    merged = then(catalogue(moving, storing), storing, moving)
    assert sections_of(merged) == {
        "storing": [("renumbered", "2", "1")],
        "moving": [("renumbered", "1", "2")],
    }
    assert [found.slug for found in merged.after.journey] == ["storing", "moving"]
    assert articles_of(merged) == {}


def test_of_two_of_one_title_each_is_known_by_its_emoji() -> None:
    first = section("🏗 Basics", row("Shards", SHARDS))
    second = section("🧱 Basics", row("Queues", QUEUES))
    merged = then(catalogue(first, second), second, first)
    assert sections_of(merged) == {
        "basics-2": [("renumbered", "2", "1")],
        "basics": [("renumbered", "1", "2")],
    }


def test_it_is_known_by_its_title_though_nothing_else_of_it_is() -> None:
    before = catalogue(section("🏗 Basics", row("Shards", SHARDS)))
    before = replace(
        before,
        sections={"begin": replace(before.sections["basics"], slug="begin")},
        entries={pk: replace(e, section="begin") for pk, e in before.entries.items()},
    )
    merged = then(before, section("🧱 Basics", row("Caches", CACHES)))
    assert sections_of(merged) == {"begin": [("renamed", "🏗 Basics", "🧱 Basics")]}


def test_it_is_known_by_its_slug_though_editors_gave_it_another_title() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS)))
    edited = replace(before.sections["basics"], title="Where to begin")
    before = replace(before, sections={"basics": edited})
    merged = then(before, section("Basics", row("Caches", CACHES)))
    assert sections_of(merged) == {"basics": [("renamed", "Where to begin", "Basics")]}


def test_with_less_than_half_of_the_articles_of_both_it_is_another() -> None:
    later = row("Later")
    before = catalogue(section("Basics", row("Shards", SHARDS), row("Queues", QUEUES), later))
    merged = then(before, section("Foundations", later, row("One", CACHES), row("Two", QUORUM)))
    assert sections_of(merged) == {
        "foundations": [("new", "", "Foundations"), ("placed", "", "First steps")],
        "basics": [("retired", "Basics", "")],
    }


def test_with_half_of_the_smaller_one_it_is_that_one_renamed() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS)))
    merged = then(
        before,
        section("All", row("Shards", SHARDS), row("Queues", QUEUES), row("Caches", CACHES)),
    )
    assert sections_of(merged) == {"basics": [("renamed", "Basics", "All")]}


def test_a_retired_one_comes_back_under_no_other_name() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS)))
    retired = replace(before.sections["basics"], is_retired=True)
    before = replace(before, sections={"basics": retired})
    merged = then(before, section("Foundations", row("Shards", SHARDS)))
    assert merged.after.sections["basics"] == retired
    assert [found.slug for found in merged.after.journey] == ["foundations"]


def test_of_two_of_one_heading_it_is_the_one_that_is_not_retired() -> None:
    before = catalogue(
        section("Basics", row("Shards", SHARDS)), section("Basics", row("Queues", QUEUES))
    )
    gone = replace(before.sections["basics"], is_retired=True)
    before = replace(before, sections={**before.sections, "basics": gone})
    merged = then(before, section("Basics", row("Queues", QUEUES)))
    assert merged.after.sections["basics"] == gone
    assert [found.slug for found in merged.after.journey] == ["basics-2"]


def test_of_two_of_one_heading_it_is_the_one_in_its_layer() -> None:
    first = section("Basics", row("Shards", SHARDS))
    second = section("Basics", row("Queues", QUEUES), layer=SECOND)
    merged = then(catalogue(first, second), second)
    assert sections_of(merged) == {"basics": [("retired", "Basics", "")]}
    assert table(merged.after, "basics-2") == [(1, "Queues", "queues")]


def test_it_goes_to_the_layer_that_the_file_names_and_stays_where_it_names_none() -> None:
    named = then(TWO, section("🏗 Basics", *TWO_ROWS, layer=SECOND))
    assert sections_of(named) == {"basics": [("moved", "First steps", "Second steps")]}
    silent = then(named.after, section("🏗 Basics", *TWO_ROWS, layer=None))
    assert silent.after == named.after
    assert (silent.placements, silent.notes) == ([], [])


def test_one_with_a_draft_stays_though_the_file_has_it_no_more() -> None:
    before = with_draft(
        catalogue(
            section("Storing", row("Shards", SHARDS)), section("Moving", row("Queues", QUEUES))
        ),
        "moving",
        number=1,
    )
    merged = then(before, section("Storing", row("Shards", SHARDS)))
    assert [found.slug for found in merged.after.journey] == ["storing", "moving"]


# --- The layer of a new section


BOTH = catalogue(
    section("Storing", row("Shards", SHARDS)),
    section("Moving", row("Queues", QUEUES), layer=SECOND),
)
BETWEEN = (
    section("Storing", row("Shards", SHARDS), layer=None),
    section("Caching", row("Caches", CACHES), layer=None, line=7),
    section("Moving", row("Queues", QUEUES), layer=None),
)


def test_it_takes_that_of_the_section_before_it() -> None:
    merged = then(BOTH, *BETWEEN)
    assert merged.after.sections["caching"].layer == "first-steps"
    (placement,) = merged.placements
    assert (placement.key, placement.line, placement.is_decided) == ("section:caching", 7, False)
    words = "The section “Caching” is new; it was put into the layer “First steps”."
    assert notes_of(merged) == [f"7: {words}"]


def test_it_takes_that_of_the_nearest_one_before_it() -> None:
    merged = then(
        BOTH,
        section("Storing", row("Shards", SHARDS), layer=None),
        section("Moving", row("Queues", QUEUES), layer=None),
        section("Caching", row("Caches", CACHES), layer=None),
    )
    assert merged.after.sections["caching"].layer == "second-steps"


def test_the_first_one_takes_that_of_the_one_after_it() -> None:
    merged = then(
        BOTH,
        section("Caching", row("Caches", CACHES), layer=None),
        section("Moving", row("Queues", QUEUES), layer=None),
        section("Storing", row("Shards", SHARDS), layer=None),
    )
    assert merged.after.sections["caching"].layer == "second-steps"


def test_nothing_is_asked_where_the_file_names_it() -> None:
    storing, caching, moving = BETWEEN
    merged = then(BOTH, storing, replace(caching, layer=SECOND), moving)
    assert merged.after.sections["caching"].layer == "second-steps"
    assert (merged.placements, merged.notes) == ([], [])


def test_it_is_decided() -> None:
    merged = then(BOTH, *BETWEEN, decisions={"section:caching": "second-steps"})
    assert merged.after.sections["caching"].layer == "second-steps"
    assert [placement.is_decided for placement in merged.placements] == [True]
    assert notes_of(merged) == []


def test_what_is_no_layer_decides_nothing() -> None:
    with pytest.raises(Undecidable, match="choose one of first-steps, second-steps"):
        merge(BOTH, file(*BETWEEN), {"section:caching": "third-steps"})


# --- Layers


def test_a_layer_of_the_same_number_is_renamed() -> None:
    found = FileLayer(1, 1, "Foundations", "Begin here")
    brought = file(section("🏗 Basics", *TWO_ROWS, layer=found), layers=(found, SECOND))
    assert layers_of(merge(TWO, brought)) == {
        "first-steps": [("renamed", "First steps", "Foundations")]
    }


def test_layers_that_change_places_stay_themselves() -> None:
    first, second = replace(FIRST, number=2), replace(SECOND, number=1)
    brought = file(section("🏗 Basics", *TWO_ROWS, layer=first), layers=(second, first))
    assert layers_of(merge(TWO, brought)) == {
        "first-steps": [("renumbered", "1", "2")],
        "second-steps": [("renumbered", "2", "1")],
    }


def test_of_two_layers_of_one_title_each_is_known_by_its_number() -> None:
    one, two = FileLayer(1, 1, "Steps", "Begin"), FileLayer(2, 2, "Steps", "Go on")
    basics = section("🏗 Basics", *TWO_ROWS, layer=one)
    before = merge(CatalogData(), file(basics, layers=(one, two))).after
    assert layers_of(merge(before, file(basics, layers=(two, one)))) == {}


def test_what_a_layer_says_of_itself_is_told_anew() -> None:
    found = replace(FIRST, tagline="Begin there")
    brought = file(section("🏗 Basics", *TWO_ROWS, layer=found), layers=(found, SECOND))
    assert merge(TWO, brought).after.layers["first-steps"].tagline == "Begin there"


def test_the_slug_of_a_new_layer_is_none_that_another_has() -> None:
    renamed = replace(TWO.layers["first-steps"], title="Foundations")
    before = replace(TWO, layers={**TWO.layers, "first-steps": renamed})
    found, third = FileLayer(1, 1, "Foundations", "Begin here"), FileLayer(3, 3, "First steps", "")
    fourth = FileLayer(4, 4, "🧱", "")
    brought = file(
        section("🏗 Basics", *TWO_ROWS, layer=found), layers=(found, SECOND, third, fourth)
    )
    assert layers_of(merge(before, brought)) == {
        "first-steps-2": [("new", "", "First steps")],
        "layer": [("new", "", "🧱")],
    }


def test_without_any_layer_there_is_one_for_all_sections() -> None:
    brought = file(section("🏗 Basics", *TWO_ROWS, layer=None), layers=())
    now = merge(CatalogData(), brought).after
    assert [(found.number, found.title) for found in now.layers.values()] == [(1, "Playbook")]
    assert now.sections["basics"].layer == "playbook"


def test_a_new_layer_has_a_colour_that_none_has() -> None:
    third = FileLayer(3, 3, "Third steps", "")
    merged = merge(TWO, file(section("🏗 Basics", *TWO_ROWS), layers=(FIRST, SECOND, third)))
    assert layers_of(merged) == {"third-steps": [("new", "", "Third steps")]}
    colours = [layer.colour for layer in merged.after.layers.values()]
    assert len(set(colours)) == 3


# --- Statuses


def statuses_of(merged: Merge) -> list[StatusData]:
    return list(merged.after.statuses.values())


@pytest.mark.parametrize("told", ["Published", "published", " PUBLISHED "])
def test_a_status_is_known_by_its_label_whatever_its_case(told: str) -> None:
    merged = then(TWO, section("🏗 Basics", row("Shards", SHARDS, status=told), TWO_ROWS[1]))
    assert articles_of(merged) == {}


def with_status(label: str, *, slug: str) -> CatalogData:
    """And a status that editors may have called otherwise since it got its slug."""
    made = StatusData(slug, 9, label, "grey", True, False)
    return replace(TWO, statuses={**TWO.statuses, slug: made})


@pytest.mark.parametrize(
    ("label", "slug", "told"),
    [
        ("Being read", "review", "BEING read"),
        ("Being read", "review", "review"),
        ("Being read", "review", "Review"),
        ("Being read", "in-review", "in-review"),
        ("Being read", "in-review", "In review"),
    ],
)
def test_a_status_is_known_by_its_label_and_by_its_slug(label: str, slug: str, told: str) -> None:
    before = with_status(label, slug=slug)
    now = then(before, section("🏗 Basics", row("Shards", SHARDS, status=told), TWO_ROWS[1])).after
    assert article(now, "shards").status == slug
    assert now.statuses == before.statuses


def test_one_status_in_another_case_is_not_several() -> None:
    again = row("Shards", SHARDS, status="PUBLISHED")
    merged = then(
        TWO,
        section("🏗 Basics", row("Shards", SHARDS, status="Published"), TWO_ROWS[1]),
        section("More", again),
    )
    assert notes_of(merged) == []


def test_where_no_status_is_yet_published_is_one_that_counts() -> None:
    merged = then(
        CatalogData(),
        section("Basics", row("Shards", SHARDS, status="published"), row("Queues", status="Draft")),
    )
    told = [(found.slug, found.is_public, found.is_countable) for found in statuses_of(merged)]
    assert told == [("published", True, True), ("draft", True, False)]


def test_a_new_status_is_named_without_its_badge_and_noted() -> None:
    merged = then(
        TWO, section("🏗 Basics", row("Shards", SHARDS, status="♻️ Retold", line=8), TWO_ROWS[1])
    )
    assert [found.label for found in statuses_of(merged)] == ["Published", "Retold"]
    words = "“Retold” is a new status, which does not count towards progress"
    assert notes_of(merged) == [f"8: {words}; there are “Published” already."]


def test_the_slug_of_a_new_status_is_none_that_another_has() -> None:
    before = with_status("Being read", slug="status")
    merged = then(before, section("🏗 Basics", row("Shards", SHARDS, status="読書"), TWO_ROWS[1]))
    assert article(merged.after, "shards").status == "status-2"
    assert merged.after.statuses["status"] == before.statuses["status"]


def test_a_new_status_counts_only_if_it_is_published() -> None:
    merged = then(TWO, section("🏗 Basics", row("Shards", SHARDS, status="Retold"), TWO_ROWS[1]))
    made = merged.after.statuses["retold"]
    assert (made.label, made.is_public, made.is_countable) == ("Retold", True, False)
    assert merged.after.statuses["published"].is_countable


def test_of_several_statuses_the_first_holds() -> None:
    merged = then(
        TWO,
        section(
            "🏗 Basics",
            row("Shards", SHARDS, status="Planned", line=3),
            row("Shards again", SHARDS, status="Published", line=4),
            TWO_ROWS[1],
        ),
    )
    assert article(merged.after, "shards").status == "planned"
    assert "3: “Shards” has several statuses; the first one holds." in notes_of(merged)


def test_without_a_status_the_old_one_stays_and_a_new_one_goes_by_its_link() -> None:
    planned = catalogue(section("🏗 Basics", row("Shards", SHARDS, status="Planned")))
    now = then(
        planned, section("🏗 Basics", row("Shards", SHARDS), row("Quorum", QUORUM), row("Later"))
    ).after
    statuses = {slug: article(now, slug).status for slug in ("shards", "quorum", "later")}
    assert statuses == {"shards": "planned", "quorum": "published", "later": "planned"}


# --- Questions


DOUBT = section("🏗 Basics", row("Shards!", OTHER, line=5), row("Queues", QUEUES))


def test_what_nobody_decides_comes_in_as_new_and_the_old_one_is_retired() -> None:
    merged = then(TWO, DOUBT)
    (question,) = merged.open_questions
    assert (question.key, question.title, question.line) == (KEY, "Shards!", 5)
    assert question.candidates == (article(TWO, "shards").uuid,)
    assert article(merged.after, "shards").is_retired
    assert merged.after.articles[question.article].title == "Shards!"


def test_decided_it_is_the_same_article_with_one_more_key() -> None:
    merged = then(TWO, DOUBT, decisions={KEY: "shards"})
    old, now = article(TWO, "shards"), article(merged.after, "shards")
    assert (now.uuid, now.title, now.url, now.is_retired) == (old.uuid, "Shards!", OTHER, False)
    assert {*now.keys} == {*old.keys, KEY}
    assert merged.open_questions == []
    assert [question.decision for question in merged.questions] == ["shards"]


def test_decided_it_is_a_new_one() -> None:
    merged = then(TWO, DOUBT, decisions={KEY: NEW})
    assert article(merged.after, "shards").is_retired
    assert merged.open_questions == []


def test_the_same_file_gives_the_same_identity_each_time() -> None:
    first, second = merge(TWO, file(DOUBT)), merge(TWO, file(DOUBT))
    assert first.after.articles.keys() == second.after.articles.keys()


@pytest.mark.parametrize(
    ("decisions", "words"),
    [
        ({KEY: "queues"}, "choose one of shards, new"),
        ({"medium:000000000000": NEW}, "Nothing is asked about"),
    ],
)
def test_what_fits_no_question_decides_nothing(decisions: dict[str, str], words: str) -> None:
    with pytest.raises(Undecidable, match=words):
        merge(TWO, file(DOUBT), decisions)
