"""The rules by which a playbook file changes a catalogue, without a database.

An article is named by its slug, which it keeps whatever becomes of its title.
"""

from copy import deepcopy
from dataclasses import replace

import pytest

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import ArticleData, EntryData, StatusData
from catalog.identity import title_key, url_key
from catalog.playbook_file.matching.decisions import Decisions
from catalog.playbook_file.matching.merge import Merge, merge
from catalog.playbook_file.reading.parsed_file import FileLayer, FileRow, FileSection, PlaybookFile
from catalog.playbook_file.revisions.diff import difference

SHARDS = "https://medium.com/@author/shards-aaaaaaaaaaa1"
QUEUES = "https://medium.com/@author/queues-aaaaaaaaaaa2"
CACHES = "https://medium.com/@author/caches-aaaaaaaaaaa3"
QUORUM = "https://example.org/quorum"
FIRST = FileLayer(1, 1, "First steps", "Begin here")
SECOND = FileLayer(2, 2, "Second steps", "")

Changes = dict[str, list[tuple[str, str, str]]]


def row(
    title: str, url: str = "", *, learn: str | None = "", status: str | None = None, line: int = 1
) -> FileRow:
    values = {} if learn is None else {"what_you_learn": learn}
    return FileRow(line, title, url, status, values)


def section(
    heading: str, *rows: FileRow, layer: FileLayer | None = FIRST, line: int = 1
) -> FileSection:
    return FileSection(line, heading, layer, list(rows))


def file(*sections: FileSection, layers: tuple[FileLayer, ...] = (FIRST, SECOND)) -> PlaybookFile:
    return PlaybookFile(list(layers), list(sections))


def as_stored(catalogue: CatalogData) -> CatalogData:
    """Give new entries a primary key, as the database does."""
    last = max([0, *catalogue.entries])
    ids = {pk: pk if pk > 0 else last - pk for pk in catalogue.entries}
    entries = {ids[pk]: replace(entry, id=ids[pk]) for pk, entry in catalogue.entries.items()}
    return replace(catalogue, entries=dict(sorted(entries.items())))


def catalogue(*sections: FileSection) -> CatalogData:
    return as_stored(merge(CatalogData(), file(*sections)).after)


def then(before: CatalogData, *sections: FileSection, decisions: Decisions | None = None) -> Merge:
    """Merge a file; check that it leaves its arguments alone and can be repeated."""
    imported, asked = file(*sections), dict(decisions or {})
    kept = deepcopy((before.as_json(), imported, asked))
    merged = merge(before, imported, asked)
    assert (before.as_json(), imported, asked) == kept
    after = as_stored(merged.after)
    again = merge(after, imported, asked)
    assert again.after == after
    assert again.questions == []
    return merged


def articles_of(merged: Merge) -> Changes:
    """Return the changes of each article: kind, old and new value."""
    return {
        changed.slug: [
            (str(change.kind), change.old, change.new)
            for change in changed.changes
            if change.kind in changed.kinds
        ]
        for changed in difference(merged.before, merged.after).articles
    }


def sections_of(merged: Merge) -> Changes:
    return {
        changed.slug: [(str(change.kind), change.old, change.new) for change in changed.changes]
        for changed in difference(merged.before, merged.after).sections
    }


def layers_of(merged: Merge) -> Changes:
    return {
        changed.slug: [(str(change.kind), change.old, change.new) for change in changed.changes]
        for changed in difference(merged.before, merged.after).layers
    }


def table(now: CatalogData, slug: str) -> list[tuple[int, str, str]]:
    """Return the entries of a section: number, title and slug of the article."""
    return [
        (entry.number, entry.title, now.articles[entry.article].slug)
        for entry in now.current_of.get(slug, ())
    ]


def article(now: CatalogData, slug: str) -> ArticleData:
    return next(article for article in now.articles.values() if article.slug == slug)


def notes_of(merged: Merge) -> list[str]:
    return [str(note) for note in merged.notes]


def with_draft(before: CatalogData, section: str, *, number: int, url: str = QUORUM) -> CatalogData:
    """Add an article that readers cannot see to the section, with this number."""
    statuses = {**before.statuses, "draft": StatusData("draft", 9, "Draft", "grey", False, False)}
    draft = ArticleData("draft-uuid", "drafted", "Drafted", url, "draft", (url_key(url),))
    entry = EntryData(900, section, draft.uuid, number, draft.title, "")
    return replace(
        before,
        statuses=statuses,
        articles={**before.articles, draft.uuid: draft},
        entries={**before.entries, entry.id: entry},
    )


TWO = catalogue(section("🏗 Basics", row("Shards", SHARDS), row("Queues", QUEUES)))


# --- Articles that stay


def test_everything_is_new_in_an_empty_catalogue() -> None:
    merged = then(
        CatalogData(), section("🏗 Basics", row("Shards", SHARDS, learn="Why"), row("Later"))
    )

    now = merged.after
    assert articles_of(merged) == {
        "shards": [("new", "", "Shards")],
        "later": [("new", "", "Later")],
    }
    assert merged.matched == 0
    assert table(now, "basics") == [(1, "Shards", "shards"), (2, "Later", "later")]
    assert [entry.what_you_learn for entry in now.current_of["basics"]] == ["Why", ""]
    shards, later = article(now, "shards"), article(now, "later")
    assert (shards.url, shards.keys) == (SHARDS, (url_key(SHARDS),))
    assert (later.url, later.keys) == ("", (title_key("Later"),))
    assert now.statuses[shards.status].label == "Published"
    assert now.statuses[later.status].label == "Planned"
    assert (now.sections["basics"].emoji, now.sections["basics"].title) == ("🏗", "Basics")
    assert [layer.title for layer in now.layers.values()] == ["First steps", "Second steps"]


def test_unchanged_file_changes_nothing() -> None:
    merged = then(TWO, section("🏗 Basics", row("Shards", SHARDS), row("Queues", QUEUES)))

    assert merged.after == TWO
    assert merged.matched == 2


def test_retitled_article_keeps_its_identity() -> None:
    merged = then(TWO, section("🏗 Basics", row("Splitting data", SHARDS), row("Queues", QUEUES)))

    retitled = ("retitled", "Shards", "Splitting data")
    assert articles_of(merged) == {"shards": [retitled, retitled]}  # the article and its entry
    assert merged.after.entries.keys() == TWO.entries.keys()


def test_article_keeps_a_title_that_one_of_its_entries_has() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS)), section("More", row("Q", QUEUES)))

    merged = then(
        before,
        section("Basics", row("Another name", SHARDS)),
        section("More", row("Q", QUEUES), row("Shards", SHARDS)),
    )

    assert article(merged.after, "shards").title == "Shards"


def test_article_keeps_a_title_that_no_entry_ever_had() -> None:
    shards = article(TWO, "shards")
    edited = replace(shards, title="The editors' title")
    before = replace(TWO, articles={**TWO.articles, shards.uuid: edited})

    merged = then(before, section("🏗 Basics", row("Anew", SHARDS), row("Queues", QUEUES)))

    assert articles_of(merged) == {"shards": [("retitled", "Shards", "Anew")]}
    assert article(merged.after, "shards").title == "The editors' title"


def test_moved_article_keeps_its_entry() -> None:
    before = catalogue(
        section("Basics", row("Shards", SHARDS), row("Queues", QUEUES)),
        section("More", row("Caches", CACHES)),
    )

    merged = then(
        before,
        section("Basics", row("Queues", QUEUES)),
        section("More", row("Caches", CACHES), row("Shards", SHARDS)),
    )

    assert articles_of(merged) == {
        "shards": [("moved", "Basics", "More")],
        "queues": [("renumbered", "2", "1")],
    }
    assert merged.after.entries.keys() == before.entries.keys()


def test_swapped_entries_are_renumbered() -> None:
    merged = then(TWO, section("🏗 Basics", row("Queues", QUEUES), row("Shards", SHARDS)))

    assert articles_of(merged) == {
        "shards": [("renumbered", "1", "2")],
        "queues": [("renumbered", "2", "1")],
    }


def test_new_description_is_a_change() -> None:
    merged = then(
        TWO, section("🏗 Basics", row("Shards", SHARDS, learn="Why"), row("Queues", QUEUES))
    )

    assert articles_of(merged) == {"shards": [("described", "", "Why")]}


def test_descriptions_are_kept_without_a_column_for_them() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS, learn="Why")))

    merged = then(before, section("Basics", row("Shards", SHARDS, learn=None)))
    emptied = then(before, section("Basics", row("Shards", SHARDS, learn="")))

    assert merged.after == before
    assert articles_of(emptied) == {"shards": [("described", "Why", "")]}


# --- Keys and aliases


def test_medium_post_at_a_new_address_is_the_same_article() -> None:
    anew = "https://levelup.gitconnected.com/another-name-aaaaaaaaaaa1"

    merged = then(TWO, section("🏗 Basics", row("Shards", anew), row("Queues", QUEUES)))

    assert articles_of(merged) == {"shards": [("address", SHARDS, anew)]}
    assert article(merged.after, "shards").keys == (url_key(SHARDS),)


def test_article_is_matched_by_an_alias() -> None:
    shards = article(TWO, "shards")
    known = replace(shards, keys=tuple(sorted([*shards.keys, url_key(QUORUM)])))
    before = replace(TWO, articles={**TWO.articles, shards.uuid: known})

    merged = then(before, section("🏗 Basics", row("Anything", QUORUM), row("Queues", QUEUES)))

    retitled = ("retitled", "Shards", "Anything")
    assert articles_of(merged) == {"shards": [retitled, ("address", SHARDS, QUORUM), retitled]}
    assert article(merged.after, "shards").keys == known.keys


def test_article_without_a_link_gets_the_link_of_a_row_of_its_title() -> None:
    before = catalogue(section("Basics", row("Fan-out on write"), row("Queues", QUEUES)))

    merged = then(before, section("Basics", row("Fan out on WRITE", SHARDS), row("Queues", QUEUES)))

    retitled = ("retitled", "Fan-out on write", "Fan out on WRITE")
    changes = articles_of(merged)["fan-out-on-write"]
    assert changes[:3] == [retitled, ("address", "", SHARDS), ("joined", "", url_key(SHARDS))]
    assert article(merged.after, "fan-out-on-write").keys == (
        url_key(SHARDS),
        title_key("Fan-out on write"),
    )
    assert merged.matched == 2


def test_article_with_a_link_is_not_matched_by_its_title() -> None:
    """The article still has the title key of the time when it had no link."""
    planned = catalogue(section("Basics", row("Shards"), row("Queues", QUEUES)))
    before = as_stored(
        then(planned, section("Basics", row("Shards", SHARDS), row("Queues", QUEUES))).after
    )
    shards = article(before, "shards")
    assert (shards.url, shards.keys) == (SHARDS, (url_key(SHARDS), title_key("Shards")))

    merged = then(before, section("Basics", row("Shards", QUORUM), row("Queues", QUEUES)))

    assert [(asked.key, asked.candidates) for asked in merged.questions] == [
        (url_key(QUORUM), (shards.uuid,))
    ]
    assert merged.after.articles[shards.uuid] == replace(shards, is_retired=True)


def test_first_of_two_links_goes_to_the_article_of_their_title() -> None:
    before = catalogue(section("Basics", row("Shards"), row("Queues", QUEUES)))

    merged = then(
        before,
        section("Basics", row("Shards", SHARDS), row("Shards", QUORUM), row("Queues", QUEUES)),
    )

    assert article(merged.after, "shards").url == SHARDS
    assert article(merged.after, "shards-2").url == QUORUM
    assert article(merged.after, "shards").uuid == article(before, "shards").uuid


def test_row_without_a_link_is_matched_by_its_title() -> None:
    before = catalogue(section("Basics", row("Fan-out on write"), row("Queues", QUEUES)))

    merged = then(before, section("Basics", row("fan out: on Write"), row("Queues", QUEUES)))

    assert [kind for kind, _old, _new in articles_of(merged)["fan-out-on-write"]] == [
        "retitled",
        "retitled",
    ]
    assert len(merged.after.articles) == 2


def test_row_without_a_link_is_matched_by_the_title_of_an_entry() -> None:
    before = catalogue(section("Basics", row("Fan-out"), row("Queues", QUEUES)))
    place = next(entry for entry in before.entries.values() if entry.title == "Fan-out")
    named = replace(place, title="Spreading")
    before = replace(before, entries={**before.entries, place.id: named})

    merged = then(before, section("Basics", row("Spreading", SHARDS), row("Queues", QUEUES)))

    assert articles_of(merged) == {
        "fan-out": [("address", "", SHARDS), ("joined", "", url_key(SHARDS))]
    }


def test_row_that_lost_its_link_raises_a_question() -> None:
    merged = then(TWO, section("🏗 Basics", row("Shards"), row("Queues", QUEUES)))

    asked = [(question.key, question.candidates) for question in merged.questions]
    assert asked == [("title:shards", (article(TWO, "shards").uuid,))]


def test_rows_with_the_same_key_are_one_article() -> None:
    other = "https://author.medium.com/other-name-aaaaaaaaaaa1?source=feed"
    before = catalogue(section("Basics", row("Shards", SHARDS)), section("More", row("Q", QUEUES)))

    merged = then(
        before,
        section("Basics", row("Shards", SHARDS)),
        section("More", row("Q", QUEUES), row("Splitting", other)),
    )

    assert articles_of(merged) == {"shards": [("listed", "", "More")]}
    diff = difference(before, merged.after)
    assert (diff.entry_count, diff.article_count) == (3, 2)
    assert article(merged.after, "shards").url == SHARDS
    assert len(merged.after.articles) == 2


# --- Articles that turn out to be one


PLANNED = catalogue(section("Basics", row("Pushing"), row("Fan-out"), row("Queues", QUEUES)))
JOINED = section(
    "Basics", row("Pushing", SHARDS, line=3), row("Fan-out", SHARDS, line=4), row("Queues", QUEUES)
)


def test_articles_that_get_one_link_raise_a_question() -> None:
    pushing, fan_out = article(PLANNED, "pushing"), article(PLANNED, "fan-out")

    merged = then(PLANNED, JOINED)

    (question,) = merged.open_questions
    assert (question.key, question.title, question.line) == ("merge:fan-out", "Pushing", 4)
    assert (question.article, question.candidates) == (pushing.uuid, (fan_out.uuid,))
    assert question.is_merge
    assert article(merged.after, "pushing").url == SHARDS
    assert article(merged.after, "fan-out").is_retired
    assert merged.merges == []


@pytest.mark.parametrize("decisions", [{"merge:fan-out": "fan-out"}, {"*": "same"}])
def test_articles_that_are_one_are_merged(decisions: Decisions) -> None:
    merged = then(PLANNED, JOINED, decisions=decisions)
    pair = article(PLANNED, "pushing").uuid, article(PLANNED, "fan-out").uuid
    assert (merged.merges, merged.open_questions) == ([pair], [])


@pytest.mark.parametrize("decisions", [{"merge:fan-out": "new"}, {"*": "new"}])
def test_articles_that_are_two_are_not_merged(decisions: Decisions) -> None:
    merged = then(PLANNED, JOINED, decisions=decisions)
    assert (merged.merges, merged.open_questions) == ([], [])


def test_article_whose_row_gets_the_link_of_another_raises_a_question() -> None:
    merged = then(TWO, section("🏗 Basics", row("Shards", SHARDS), row("Queues", SHARDS)))
    assert [(q.key, q.title) for q in merged.open_questions] == [("merge:queues", "Shards")]


def test_article_whose_address_has_the_key_of_another_raises_a_question() -> None:
    """Two articles of the rules before have one key now."""
    dotted = "https://example.org./quorum"
    before = catalogue(section("Basics", row("Dotted", CACHES), row("Quorum", QUORUM)))
    old = replace(article(before, "dotted"), url=dotted, keys=("url:example.org./quorum",))
    before = replace(before, articles={**before.articles, old.uuid: old})

    merged = then(before, section("Basics", row("Quorum", dotted), row("Quorum", QUORUM)))

    assert [(q.key, q.title) for q in merged.open_questions] == [("merge:dotted", "Quorum")]


def test_retired_article_whose_title_goes_to_another_raises_one_question() -> None:
    without = as_stored(then(TWO, section("🏗 Basics", row("Shards", SHARDS))).after)

    merged = then(without, section("🏗 Basics", row("Queues", SHARDS)))

    assert [(q.key, q.title) for q in merged.open_questions] == [("merge:queues", "Shards")]


def test_missing_entry_is_retired_and_its_article_stays() -> None:
    before = catalogue(
        section("Basics", row("Shards", SHARDS)),
        section("More", row("Queues", QUEUES), row("Shards", SHARDS)),
    )

    merged = then(
        before, section("Basics", row("Shards", SHARDS)), section("More", row("Queues", QUEUES))
    )

    assert articles_of(merged) == {"shards": [("unlisted", "More", "")]}
    assert merged.after.entries.keys() == before.entries.keys()
    retired = [entry for entry in merged.after.entries.values() if entry.is_retired]
    assert [(entry.section, entry.title) for entry in retired] == [("more", "Shards")]


def test_linked_and_unlinked_rows_of_a_title_are_one_article() -> None:
    merged = then(
        CatalogData(), section("Basics", row("Shards", SHARDS)), section("More", row("Shards"))
    )

    assert articles_of(merged) == {"shards": [("new", "", "Shards")]}
    assert table(merged.after, "more") == [(1, "Shards", "shards")]


def test_links_of_the_same_title_are_two_articles() -> None:
    merged = then(CatalogData(), section("Basics", row("Shards", SHARDS), row("Shards", QUORUM)))

    assert articles_of(merged) == {
        "shards": [("new", "", "Shards")],
        "shards-2": [("new", "", "Shards")],
    }


def test_repeated_row_is_added_once() -> None:
    merged = then(
        TWO,
        section(
            "🏗 Basics", row("Shards", SHARDS), row("Queues", QUEUES), row("Shards", SHARDS, line=7)
        ),
    )

    assert merged.after == TWO
    assert notes_of(merged) == ["7: “Shards” is listed twice in its section. It was added once."]


def test_no_key_belongs_to_two_articles() -> None:
    """The title key of one article is not given to another that an editor gave the same title."""
    before = catalogue(section("Basics", row("Later"), row("Fan-out")))
    named = replace(article(before, "fan-out"), title="Later")
    before = replace(before, articles={**before.articles, named.uuid: named})

    merged = then(before, section("Basics", row("Later"), row("Fan-out")))

    assert {article.slug: article.keys for article in merged.after.articles.values()} == {
        "later": (title_key("Later"),),
        "fan-out": (title_key("Fan-out"),),
    }


# --- New, retired and restored articles


def test_article_listed_for_the_first_time_is_new() -> None:
    merged = then(
        TWO,
        section("🏗 Basics", row("Caches", CACHES), row("Shards", SHARDS), row("Queues", QUEUES)),
    )

    assert articles_of(merged) == {
        "shards": [("renumbered", "1", "2")],
        "queues": [("renumbered", "2", "3")],
        "caches": [("new", "", "Caches")],
    }
    assert (merged.matched, merged.questions) == (2, [])


def test_missing_article_is_retired() -> None:
    merged = then(TWO, section("🏗 Basics", row("Shards", SHARDS)))

    assert articles_of(merged) == {"queues": [("retired", "Queues", "Queues")]}
    queues = article(TWO, "queues")
    assert merged.after.articles[queues.uuid] == replace(queues, is_retired=True)
    assert merged.after.entries.keys() == TWO.entries.keys()


def test_retired_article_is_restored() -> None:
    without = as_stored(then(TWO, section("🏗 Basics", row("Shards", SHARDS))).after)

    merged = then(without, section("🏗 Basics", row("Shards", SHARDS), row("Queues", QUEUES)))

    assert articles_of(merged)["queues"][0] == ("back", "Queues", "Queues")
    assert merged.after == TWO


def test_retired_title_with_another_link_raises_a_question() -> None:
    without = as_stored(then(TWO, section("🏗 Basics", row("Shards", SHARDS))).after)
    queues = article(without, "queues")
    back = section("🏗 Basics", row("Shards", SHARDS), row("Queues", QUORUM))

    undecided = then(without, back)
    same = then(without, back, decisions={url_key(QUORUM): "queues"})

    assert [q.candidates for q in undecided.open_questions] == [(queues.uuid,)]
    assert article(undecided.after, "queues-2").url == QUORUM
    assert article(same.after, "queues") == replace(
        queues, url=QUORUM, is_retired=False, keys=tuple(sorted([*queues.keys, url_key(QUORUM)]))
    )


def test_equal_title_of_a_retired_article_comes_before_a_similar_one() -> None:
    without = as_stored(then(TWO, section("🏗 Basics", row("Shards 2", QUORUM))).after)
    before = as_stored(then(without, section("🏗 Basics", row("Shards 2", QUORUM))).after)

    merged = then(before, section("🏗 Basics", row("Shards", CACHES)))

    assert [
        [merged.before.articles[uuid].slug for uuid in q.candidates] for q in merged.questions
    ] == [["shards", "shards-2"]]


def test_one_decision_for_all_questions() -> None:
    other = row("Shards 2", "https://example.org/shards")
    anew = section("🏗 Basics", row("Shards!", QUORUM), row("Queues!", CACHES), other)

    same = then(TWO, anew, decisions={"*": "same"})
    new = then(TWO, anew, decisions={"*": "new"})
    but_one = then(TWO, anew, decisions={"*": "same", url_key(CACHES): "new"})

    assert [(q.title, q.decision) for q in same.questions] == [
        ("Shards!", "shards"),
        ("Queues!", "queues"),
        ("Shards 2", ""),  # Its only candidate is taken.
    ]
    assert [q.decision for q in new.questions] == ["new", "new", "new"]
    assert [q.decision for q in but_one.questions] == ["shards", "new", ""]


def test_new_slug_differs_from_those_of_retired_articles() -> None:
    without = as_stored(then(TWO, section("🏗 Basics", row("Shards", SHARDS))).after)

    merged = then(without, section("🏗 Basics", row("Shards", SHARDS), row("Queues", QUORUM)))

    assert articles_of(merged) == {"queues-2": [("new", "", "Queues")]}


def test_unlisted_draft_keeps_its_place() -> None:
    before = with_draft(TWO, "basics", number=2)

    merged = then(before, section("🏗 Basics", row("Queues", QUEUES), row("Shards", SHARDS)))

    assert table(merged.after, "basics") == [
        (1, "Queues", "queues"),
        (2, "Drafted", "drafted"),
        (3, "Shards", "shards"),
    ]
    assert "drafted" not in articles_of(merged)


def test_section_with_a_draft_is_not_retired() -> None:
    before = catalogue(section("Basics", row("Shards", SHARDS)), section("More", row("Q", QUEUES)))
    before = with_draft(before, "more", number=1)

    merged = then(before, section("Basics", row("Shards", SHARDS), row("Q", QUEUES)))

    assert table(merged.after, "more") == [(1, "Drafted", "drafted")]
    assert sections_of(merged) == {}


def test_draft_is_not_a_candidate() -> None:
    before = with_draft(TWO, "basics", number=3)

    merged = then(
        before,
        section("🏗 Basics", row("Shards", SHARDS), row("Queues", QUEUES), row("Drafted", CACHES)),
    )

    assert merged.questions == []


def test_listed_draft_without_a_status_stays_a_draft() -> None:
    before = with_draft(TWO, "basics", number=3)

    merged = then(
        before,
        section("🏗 Basics", row("Shards", SHARDS), row("Queues", QUEUES), row("Drafted", QUORUM)),
    )

    assert merged.after == before
