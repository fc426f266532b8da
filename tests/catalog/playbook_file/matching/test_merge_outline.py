"""Merge sections, layers, statuses and questions, without a database."""

from dataclasses import replace

import pytest

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import StatusData
from catalog.playbook_file.matching.decisions import NEW, Undecidable
from catalog.playbook_file.matching.merge import Merge, merge
from catalog.playbook_file.reading.parsed_file import FileLayer
from tests.catalog.playbook_file.matching.test_merge import (
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


def test_new_emoji_renames_the_section() -> None:
    merged = then(TWO, section("🧱 Basics", row("Shards", SHARDS), row("Queues", QUEUES)))
    assert sections_of(merged) == {"basics": [("renamed", "🏗 Basics", "🧱 Basics")]}


def test_section_with_half_of_the_articles_is_renamed() -> None:
    merged = then(TWO, section("Foundations", row("Shards", SHARDS), row("Caches", CACHES)))
    assert sections_of(merged) == {"basics": [("renamed", "🏗 Basics", "Foundations")]}
    assert table(merged.after, "basics") == [(1, "Shards", "shards"), (2, "Caches", "caches")]


def test_larger_part_of_a_split_section_keeps_it() -> None:
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


def test_empty_section_is_retired_after_a_join() -> None:
    before = catalogue(
        section("Storing", row("Shards", SHARDS)), section("Moving", row("Queues", QUEUES))
    )
    merged = then(before, section("Storing", row("Shards", SHARDS), row("Queues", QUEUES)))
    assert sections_of(merged) == {"moving": [("retired", "Moving", "")]}
    assert [section.slug for section in merged.after.journey] == ["storing"]


def test_retired_section_is_restored() -> None:
    before = catalogue(
        section("Storing", row("Shards", SHARDS)), section("Moving", row("Queues", QUEUES))
    )
    gone = then(before, section("Storing", row("Shards", SHARDS))).after
    merged = then(
        gone, section("Storing", row("Shards", SHARDS)), section("Moving", row("Queues", QUEUES))
    )
    assert sections_of(merged)["moving"][0] == ("back", "", "Moving")
    assert articles_of(merged)["queues"][0] == ("back", "Queues", "Queues")


def test_reordered_sections_are_renumbered() -> None:
    storing = section("Storing", row("Shards", SHARDS))
    moving = section("Moving", row("Queues", QUEUES))
    merged = then(catalogue(moving, storing), storing, moving)
    assert sections_of(merged) == {
        "storing": [("renumbered", "2", "1")],
        "moving": [("renumbered", "1", "2")],
    }
    assert [section.slug for section in merged.after.journey] == ["storing", "moving"]
    assert articles_of(merged) == {}


def test_sections_of_the_same_title_are_matched_by_emoji() -> None:
    first = section("🏗 Basics", row("Shards", SHARDS))
    second = section("🧱 Basics", row("Queues", QUEUES))
    merged = then(catalogue(first, second), second, first)
    assert sections_of(merged) == {
        "basics-2": [("renumbered", "2", "1")],
        "basics": [("renumbered", "1", "2")],
    }


def test_sections_of_one_name_that_swap_places_stay_with_their_articles() -> None:
    shards, queues = row("Shards", SHARDS), row("Queues", QUEUES)
    before = catalogue(section("Basics", shards), section("Basics", queues, layer=SECOND))
    assert {e.article: e.section for e in before.entries.values()} == {
        article(before, "shards").uuid: "basics",
        article(before, "queues").uuid: "basics-2",
    }
    first, second = replace(FIRST, number=2), replace(SECOND, number=1)
    swapped = file(
        section("Basics", queues, layer=second),
        section("Basics", shards, layer=first),
        layers=(second, first),
    )
    assert articles_of(merge(before, swapped)) == {}
    # The same without layers, where only the order changes.
    assert (
        articles_of(
            then(
                before, section("Basics", queues, layer=None), section("Basics", shards, layer=None)
            )
        )
        == {}
    )


def test_sections_that_swap_their_headings_stay_with_their_articles() -> None:
    shards, queues = row("Shards", SHARDS), row("Queues", QUEUES)
    before = catalogue(section("Storing", shards), section("Moving", queues))
    merged = then(before, section("Moving", shards), section("Storing", queues))
    assert articles_of(merged) == {}
    assert sections_of(merged) == {
        "storing": [("renamed", "Storing", "Moving")],
        "moving": [("renamed", "Moving", "Storing")],
    }


def test_sections_that_share_as_much_are_matched_by_heading() -> None:
    shards, queues = row("Shards", SHARDS), row("Queues", QUEUES)
    caches, quorum = row("Caches", CACHES), row("Quorum", QUORUM)
    before = catalogue(section("Storing", shards, queues), section("Moving", caches, quorum))
    merged = then(before, section("Moving", shards, caches), section("Storing", queues, quorum))
    assert sections_of(merged) == {
        "storing": [("renumbered", "1", "2")],
        "moving": [("renumbered", "2", "1")],
    }


def test_section_is_matched_by_its_title_alone() -> None:
    before = catalogue(section("🏗 Basics", row("Shards", SHARDS)))
    before = replace(
        before,
        sections={"begin": replace(before.sections["basics"], slug="begin")},
        entries={pk: replace(e, section="begin") for pk, e in before.entries.items()},
    )
    merged = then(before, section("🧱 Basics", row("Caches", CACHES)))
    assert sections_of(merged) == {"begin": [("renamed", "🏗 Basics", "🧱 Basics")]}


def test_section_is_matched_by_its_slug_after_it_was_retitled() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS)))
    edited = replace(before.sections["basics"], title="Where to begin")
    before = replace(before, sections={"basics": edited})
    merged = then(before, section("Basics", row("Caches", CACHES)))
    assert sections_of(merged) == {"basics": [("renamed", "Where to begin", "Basics")]}


def test_section_with_less_than_half_of_the_articles_is_new() -> None:
    later = row("Later")
    before = catalogue(section("Basics", row("Shards", SHARDS), row("Queues", QUEUES), later))
    merged = then(before, section("Foundations", later, row("One", CACHES), row("Two", QUORUM)))
    assert sections_of(merged) == {
        "foundations": [("new", "", "Foundations"), ("placed", "", "First steps")],
        "basics": [("retired", "Basics", "")],
    }


def test_section_with_half_of_the_smaller_one_is_renamed() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS)))
    merged = then(
        before,
        section("All", row("Shards", SHARDS), row("Queues", QUEUES), row("Caches", CACHES)),
    )
    assert sections_of(merged) == {"basics": [("renamed", "Basics", "All")]}


def test_retired_section_is_not_matched_by_its_articles() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS)))
    retired = replace(before.sections["basics"], is_retired=True)
    before = replace(before, sections={"basics": retired})
    merged = then(before, section("Foundations", row("Shards", SHARDS)))
    assert merged.after.sections["basics"] == retired
    assert [section.slug for section in merged.after.journey] == ["foundations"]


def test_current_section_is_preferred_to_a_retired_one() -> None:
    before = catalogue(
        section("Basics", row("Shards", SHARDS)), section("Basics", row("Queues", QUEUES))
    )
    gone = replace(before.sections["basics"], is_retired=True)
    before = replace(before, sections={**before.sections, "basics": gone})
    merged = then(before, section("Basics", row("Queues", QUEUES)))
    assert merged.after.sections["basics"] == gone
    assert [section.slug for section in merged.after.journey] == ["basics-2"]


def test_section_in_the_named_layer_is_preferred() -> None:
    first = section("Basics", row("Shards", SHARDS))
    second = section("Basics", row("Queues", QUEUES), layer=SECOND)
    merged = then(catalogue(first, second), second)
    assert sections_of(merged) == {"basics": [("retired", "Basics", "")]}
    assert table(merged.after, "basics-2") == [(1, "Queues", "queues")]


def test_section_moves_only_to_a_named_layer() -> None:
    named = then(TWO, section("🏗 Basics", *TWO_ROWS, layer=SECOND))
    assert sections_of(named) == {"basics": [("moved", "First steps", "Second steps")]}
    silent = then(named.after, section("🏗 Basics", *TWO_ROWS, layer=None))
    assert silent.after == named.after
    assert (silent.placements, silent.notes) == ([], [])


def test_section_with_a_draft_is_not_retired() -> None:
    before = with_draft(
        catalogue(
            section("Storing", row("Shards", SHARDS)), section("Moving", row("Queues", QUEUES))
        ),
        "moving",
        number=1,
    )
    merged = then(before, section("Storing", row("Shards", SHARDS)))
    assert [section.slug for section in merged.after.journey] == ["storing", "moving"]


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


def test_new_section_gets_the_layer_of_the_section_before() -> None:
    merged = then(BOTH, *BETWEEN)
    assert merged.after.sections["caching"].layer == "first-steps"
    (placement,) = merged.placements
    assert (placement.key, placement.line, placement.is_decided) == ("section:caching", 7, False)
    message = "The section “Caching” is new. It was added to the layer “First steps”."
    assert notes_of(merged) == [f"7: {message}"]


def test_new_section_gets_the_layer_of_the_nearest_section_before() -> None:
    merged = then(
        BOTH,
        section("Storing", row("Shards", SHARDS), layer=None),
        section("Moving", row("Queues", QUEUES), layer=None),
        section("Caching", row("Caches", CACHES), layer=None),
    )
    assert merged.after.sections["caching"].layer == "second-steps"


def test_first_section_gets_the_layer_of_the_section_after() -> None:
    merged = then(
        BOTH,
        section("Caching", row("Caches", CACHES), layer=None),
        section("Moving", row("Queues", QUEUES), layer=None),
        section("Storing", row("Shards", SHARDS), layer=None),
    )
    assert merged.after.sections["caching"].layer == "second-steps"


def test_named_layer_raises_no_question() -> None:
    storing, caching, moving = BETWEEN
    merged = then(BOTH, storing, replace(caching, layer=SECOND), moving)
    assert merged.after.sections["caching"].layer == "second-steps"
    assert (merged.placements, merged.notes) == ([], [])


def test_decided_layer_is_used() -> None:
    merged = then(BOTH, *BETWEEN, decisions={"section:caching": "second-steps"})
    assert merged.after.sections["caching"].layer == "second-steps"
    assert [placement.is_decided for placement in merged.placements] == [True]
    assert notes_of(merged) == []


def test_decision_for_an_unknown_layer_is_refused() -> None:
    with pytest.raises(Undecidable, match="Choose one of first-steps, second-steps"):
        merge(BOTH, file(*BETWEEN), {"section:caching": "third-steps"})


# --- Layers


def test_a_layer_of_the_same_number_is_renamed() -> None:
    layer = FileLayer(1, 1, "Foundations", "Begin here")
    imported = file(section("🏗 Basics", *TWO_ROWS, layer=layer), layers=(layer, SECOND))
    assert layers_of(merge(TWO, imported)) == {
        "first-steps": [("renamed", "First steps", "Foundations")]
    }


def test_swapped_layers_are_renumbered() -> None:
    first, second = replace(FIRST, number=2), replace(SECOND, number=1)
    imported = file(section("🏗 Basics", *TWO_ROWS, layer=first), layers=(second, first))
    assert layers_of(merge(TWO, imported)) == {
        "first-steps": [("renumbered", "1", "2")],
        "second-steps": [("renumbered", "2", "1")],
    }


def test_layers_of_the_same_title_are_matched_by_number() -> None:
    one, two = FileLayer(1, 1, "Steps", "Begin"), FileLayer(2, 2, "Steps", "Go on")
    basics = section("🏗 Basics", *TWO_ROWS, layer=one)
    before = merge(CatalogData(), file(basics, layers=(one, two))).after
    assert layers_of(merge(before, file(basics, layers=(two, one)))) == {}


def test_new_tagline_is_merged() -> None:
    layer = replace(FIRST, tagline="Begin there")
    imported = file(section("🏗 Basics", *TWO_ROWS, layer=layer), layers=(layer, SECOND))
    assert merge(TWO, imported).after.layers["first-steps"].tagline == "Begin there"


def test_slug_of_a_new_layer_is_unique() -> None:
    renamed = replace(TWO.layers["first-steps"], title="Foundations")
    before = replace(TWO, layers={**TWO.layers, "first-steps": renamed})
    layer, third = FileLayer(1, 1, "Foundations", "Begin here"), FileLayer(3, 3, "First steps", "")
    fourth = FileLayer(4, 4, "🧱", "")
    imported = file(
        section("🏗 Basics", *TWO_ROWS, layer=layer), layers=(layer, SECOND, third, fourth)
    )
    assert layers_of(merge(before, imported)) == {
        "first-steps-2": [("new", "", "First steps")],
        "layer": [("new", "", "🧱")],
    }


def test_default_layer_is_made_if_there_is_none() -> None:
    imported = file(section("🏗 Basics", *TWO_ROWS, layer=None), layers=())
    now = merge(CatalogData(), imported).after
    assert [(layer.number, layer.title) for layer in now.layers.values()] == [(1, "Playbook")]
    assert now.sections["basics"].layer == "playbook"


def test_new_layer_gets_an_unused_colour() -> None:
    third = FileLayer(3, 3, "Third steps", "")
    merged = merge(TWO, file(section("🏗 Basics", *TWO_ROWS), layers=(FIRST, SECOND, third)))
    assert layers_of(merged) == {"third-steps": [("new", "", "Third steps")]}
    colours = [layer.colour for layer in merged.after.layers.values()]
    assert len(set(colours)) == 3


# --- Statuses


def statuses_of(merged: Merge) -> list[StatusData]:
    return list(merged.after.statuses.values())


@pytest.mark.parametrize("value", ["Published", "published", " PUBLISHED "])
def test_status_label_is_matched_ignoring_case(value: str) -> None:
    merged = then(TWO, section("🏗 Basics", row("Shards", SHARDS, status=value), TWO_ROWS[1]))
    assert articles_of(merged) == {}


def with_status(label: str, *, slug: str) -> CatalogData:
    """Add a status whose label may have changed since it got its slug."""
    status = StatusData(slug, 9, label, "grey", True, False)
    return replace(TWO, statuses={**TWO.statuses, slug: status})


@pytest.mark.parametrize(
    ("label", "slug", "value"),
    [
        ("Being read", "review", "BEING read"),
        ("Being read", "review", "review"),
        ("Being read", "review", "Review"),
        ("Being read", "in-review", "in-review"),
        ("Being read", "in-review", "In review"),
    ],
)
def test_status_is_matched_by_label_or_slug(label: str, slug: str, value: str) -> None:
    before = with_status(label, slug=slug)
    now = then(before, section("🏗 Basics", row("Shards", SHARDS, status=value), TWO_ROWS[1])).after
    assert article(now, "shards").status == slug
    assert now.statuses == before.statuses


def test_status_in_a_different_case_is_not_noted() -> None:
    again = row("Shards", SHARDS, status="PUBLISHED")
    merged = then(
        TWO,
        section("🏗 Basics", row("Shards", SHARDS, status="Published"), TWO_ROWS[1]),
        section("More", again),
    )
    assert notes_of(merged) == []


def test_first_published_status_is_countable() -> None:
    merged = then(
        CatalogData(),
        section("Basics", row("Shards", SHARDS, status="published"), row("Queues", status="Draft")),
    )
    statuses = [
        (status.slug, status.is_public, status.is_countable) for status in statuses_of(merged)
    ]
    assert statuses == [("published", True, True), ("draft", True, False)]


@pytest.mark.parametrize("label", ["♻️ Retold", "♻️ == – Retold"])
def test_new_status_is_noted_without_its_emoji(label: str) -> None:
    merged = then(
        TWO, section("🏗 Basics", row("Shards", SHARDS, status=label, line=8), TWO_ROWS[1])
    )
    assert [status.label for status in statuses_of(merged)] == ["Published", "Retold"]
    message = (
        "“Retold” is a new status. It does not count towards progress. "
        "The existing statuses are “Published”."
    )
    assert notes_of(merged) == [f"8: {message}"]


def test_slug_of_a_new_status_is_unique() -> None:
    before = with_status("Being read", slug="status")
    merged = then(before, section("🏗 Basics", row("Shards", SHARDS, status="読書"), TWO_ROWS[1]))
    assert article(merged.after, "shards").status == "status-2"
    assert merged.after.statuses["status"] == before.statuses["status"]


def test_new_status_other_than_published_is_not_countable() -> None:
    merged = then(TWO, section("🏗 Basics", row("Shards", SHARDS, status="Retold"), TWO_ROWS[1]))
    status = merged.after.statuses["retold"]
    assert (status.label, status.is_public, status.is_countable) == ("Retold", True, False)
    assert merged.after.statuses["published"].is_countable


def test_first_of_several_statuses_is_used() -> None:
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
    assert "3: “Shards” has several statuses. The first one is used." in notes_of(merged)


def test_missing_status_is_kept_or_derived_from_the_link() -> None:
    planned = catalogue(section("🏗 Basics", row("Shards", SHARDS, status="Planned")))
    now = then(
        planned, section("🏗 Basics", row("Shards", SHARDS), row("Quorum", QUORUM), row("Later"))
    ).after
    statuses = {slug: article(now, slug).status for slug in ("shards", "quorum", "later")}
    assert statuses == {"shards": "planned", "quorum": "published", "later": "planned"}


# --- Questions


UNCERTAIN = section("🏗 Basics", row("Shards!", OTHER, line=5), row("Queues", QUEUES))


def test_undecided_article_is_new_and_the_old_one_is_retired() -> None:
    merged = then(TWO, UNCERTAIN)
    (question,) = merged.open_questions
    assert (question.key, question.title, question.line) == (KEY, "Shards!", 5)
    assert question.candidates == (article(TWO, "shards").uuid,)
    assert article(merged.after, "shards").is_retired
    assert merged.after.articles[question.article].title == "Shards!"


def test_decision_for_the_same_article_adds_a_key() -> None:
    merged = then(TWO, UNCERTAIN, decisions={KEY: "shards"})
    old, now = article(TWO, "shards"), article(merged.after, "shards")
    assert (now.uuid, now.title, now.url, now.is_retired) == (old.uuid, "Shards!", OTHER, False)
    assert {*now.keys} == {*old.keys, KEY}
    assert merged.open_questions == []
    assert [question.decision for question in merged.questions] == ["shards"]


def test_decision_for_a_new_article_closes_the_question() -> None:
    merged = then(TWO, UNCERTAIN, decisions={KEY: NEW})
    assert article(merged.after, "shards").is_retired
    assert merged.open_questions == []


def test_uuids_of_new_articles_are_reproducible() -> None:
    first, second = merge(TWO, file(UNCERTAIN)), merge(TWO, file(UNCERTAIN))
    assert first.after.articles.keys() == second.after.articles.keys()


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ({KEY: "queues"}, "Choose one of shards, new"),
        ({"medium:000000000000": NEW}, "does not ask about"),
    ],
)
def test_invalid_decision_is_refused(decisions: dict[str, str], message: str) -> None:
    with pytest.raises(Undecidable, match=message):
        merge(TWO, file(UNCERTAIN), decisions)
