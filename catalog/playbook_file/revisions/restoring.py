"""Restore the catalogue as it was before a revision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import (
    ArticleData,
    CaseData,
    EntryData,
    PrerequisiteData,
    PromptData,
    SectionData,
)
from catalog.graph import Edge, cycles
from catalog.playbook_file.matching.merge import Merge

_Key = TypeVar("_Key")
_Row = TypeVar("_Row", SectionData, ArticleData, EntryData, PromptData, CaseData, PrerequisiteData)


def restore(now: CatalogData, then: CatalogData, made: CatalogData) -> Merge:
    """Return `now` restored to `then`, which the revision had changed into `made`.

    Rows added since then are retired, because learners may have a state on them. Articles merged
    since then stay merged, because the kept article has their states. A key that an article got
    after the revision, for example by a merge, stays with it.
    """
    then = _with_minutes(_with_later_keys(_with_later_merges(then, now), now, made), now)
    articles = _articles(then, now)
    used = {row.status for row in articles.values()}
    after = CatalogData(
        layers={**now.layers, **then.layers},
        sections={**_retired(now.sections), **then.sections},
        statuses={
            **{slug: row for slug, row in now.statuses.items() if slug in used},
            **then.statuses,
        },
        articles=articles,
        entries={**_retired(now.entries), **then.entries},
        prompts=_prompts(then, now),
        cases=_cases(then, now),
        prerequisites=_prerequisites(then, now),
    )
    return Merge(now, after, len(now.listed.keys() & after.listed.keys()))


def _retired(rows: Mapping[_Key, _Row]) -> dict[_Key, _Row]:
    return {key: replace(row, is_retired=True) for key, row in rows.items()}


def _articles(then: CatalogData, now: CatalogData) -> Mapping[str, ArticleData]:
    """Return the articles as they were, and later ones retired, without the keys of those."""
    articles = {**_retired(now.articles), **then.articles}
    taken = {key for row in then.articles.values() for key in row.keys}
    for uuid in now.articles.keys() - then.articles.keys():
        kept = tuple(key for key in articles[uuid].keys if key not in taken)
        articles[uuid] = replace(articles[uuid], keys=kept)
    return articles


def _prompts(then: CatalogData, now: CatalogData) -> Mapping[str, PromptData] | None:
    """Return the prompts as they were, each with the article that it has now."""
    if then.prompts is None or now.prompts is None:
        return now.prompts
    prompts = _retired(now.prompts)
    for uuid, row in then.prompts.items():
        article = now.prompts[uuid].article if uuid in now.prompts else row.article
        prompts[uuid] = replace(row, article=article)
    return prompts


def _cases(then: CatalogData, now: CatalogData) -> Mapping[str, CaseData] | None:
    if then.cases is None or now.cases is None:
        return now.cases
    return {**_retired(now.cases), **then.cases}


def _prerequisites(then: CatalogData, now: CatalogData) -> Mapping[str, PrerequisiteData] | None:
    """Return the prerequisites as they were, each with the articles that it has now.

    One that a merge has left with the duplicate since stays retired, and so
    does one that would now close a cycle with those that are current.
    """
    if then.prerequisites is None or now.prerequisites is None:
        return now.prerequisites
    rows = _retired(now.prerequisites)
    retired_now = {uuid for uuid, row in now.prerequisites.items() if row.is_retired}
    merged = {uuid for uuid, article in now.articles.items() if article.merged_into}
    for uuid, row in then.prerequisites.items():
        rows[uuid] = _with_later_articles(row, now.prerequisites.get(uuid, row), merged)
    restored = [row for row in rows.values() if not row.is_retired]
    restored.sort(key=lambda row: row.uuid in retired_now)
    edges = {Edge(row.article, row.requires): row for row in restored}
    closing = {edges[edge].uuid: replace(edges[edge], is_retired=True) for edge in cycles(edges)}
    return {**rows, **closing}


def _with_later_articles(
    row: PrerequisiteData, now: PrerequisiteData, merged: Collection[str]
) -> PrerequisiteData:
    is_left = now.article in merged or now.requires in merged
    is_retired = row.is_retired or is_left
    return replace(row, article=now.article, requires=now.requires, is_retired=is_retired)


def _with_minutes(then: CatalogData, now: CatalogData) -> CatalogData:
    """Return the catalogue with the minutes of now, if it was made before there were any."""
    if then.has_minutes:
        return then
    articles = {
        uuid: replace(row, reading_minutes=now.articles[uuid].reading_minutes)
        for uuid, row in then.articles.items()
    }
    return replace(then, articles=articles)


def _with_later_keys(then: CatalogData, now: CatalogData, made: CatalogData) -> CatalogData:
    taken = {key for row in then.articles.values() for key in row.keys}
    articles = dict(then.articles)
    for uuid, row in then.articles.items():
        if uuid not in now.articles:
            continue
        given = made.articles[uuid].keys if uuid in made.articles else ()
        later = {*now.articles[uuid].keys} - {*given} - taken
        articles[uuid] = replace(row, keys=tuple(sorted({*row.keys, *later})))
    return replace(then, articles=articles)


def _with_later_merges(then: CatalogData, now: CatalogData) -> CatalogData:
    articles = dict(then.articles)
    became = {
        uuid: now.articles[uuid].merged_into
        for uuid in then.articles
        if now.articles[uuid].merged_into and not then.articles[uuid].merged_into
    }
    for uuid, kept in became.items():
        old, whole = articles[uuid], articles.get(kept) or now.articles[kept]
        articles[uuid] = replace(now.articles[uuid], keys=())
        articles[kept] = replace(
            whole,
            url=whole.url or old.url,
            keys=tuple(sorted({*whole.keys, *old.keys})),
            is_retired=whole.is_retired and old.is_retired,
        )
    entries, places = {}, set()
    for pk, entry in then.entries.items():
        moved = replace(entry, article=became.get(entry.article, entry.article))
        place = moved.section, moved.article, moved.title
        entries[pk] = replace(moved, is_retired=entry.is_retired or place in places)
        if not entry.is_retired:
            places.add(place)
    return replace(then, articles=articles, entries=entries)
