"""Compare two catalogues: previews, comparisons and change lists all use `difference`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TypeVar

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import (
    ArticleData,
    CaseData,
    EntryData,
    LayerData,
    PrerequisiteData,
    PromptData,
    SectionData,
    carried,
)
from catalog.history.field_changes import ChangeKind, FieldChange
from catalog.playbook_file.revisions.changed_rows import CatalogDiff, ChangedRow

_Row = TypeVar(
    "_Row",
    LayerData,
    SectionData,
    ArticleData,
    EntryData,
    PromptData,
    CaseData,
    PrerequisiteData,
)


def difference(before: CatalogData, after: CatalogData) -> CatalogDiff:
    return CatalogDiff(
        layers=list(_layers(before, after)),
        sections=list(_sections(before, after)),
        articles=list(_articles(before, after)),
        cases=list(_cases(before, after)),
        entry_count=sum(map(len, after.listed.values())),
        article_count=len(after.listed),
    )


def _layers(before: CatalogData, after: CatalogData) -> Iterator[ChangedRow]:
    for slug, new in after.layers.items():
        old = before.layers.get(slug)
        changes = [FieldChange(ChangeKind.NEW, "", new.title)] if old is None else []
        if old:
            changes += _carried_changes(old, new)
        if changes:
            yield ChangedRow(slug, new.title, True, tuple(changes))


def _sections(before: CatalogData, after: CatalogData) -> Iterator[ChangedRow]:
    for slug, new in after.sections.items():
        if changes := list(_section_changes(before, after, before.sections.get(slug), new)):
            yield ChangedRow(slug, new.title, True, tuple(changes))


def _section_changes(
    before: CatalogData, after: CatalogData, old: SectionData | None, new: SectionData
) -> Iterator[FieldChange]:
    if old is None or old.is_retired:
        if not new.is_retired:
            yield FieldChange(ChangeKind.NEW if old is None else ChangeKind.BACK, "", new.heading)
            yield FieldChange(ChangeKind.PLACED, "", after.layers[new.layer].title)
        return
    if new.is_retired:
        yield FieldChange(ChangeKind.RETIRED, old.heading, "")
        return
    yield from _if(ChangeKind.RENAMED, old.heading, new.heading)
    if old.layer != new.layer:
        layers = before.layers[old.layer].title, after.layers[new.layer].title
        yield FieldChange(ChangeKind.MOVED, *layers)
    yield from _carried_changes(old, new)


def _articles(before: CatalogData, after: CatalogData) -> Iterator[ChangedRow]:
    for uuid_, new in after.articles.items():
        old = before.articles.get(uuid_)
        if changes := list(_article_changes(before, after, old, new)):
            is_public = after.is_public(new) and (old is None or before.is_public(old))
            yield ChangedRow(new.slug, new.title, is_public, tuple(changes), uuid_)


def _article_changes(
    before: CatalogData, after: CatalogData, old: ArticleData | None, new: ArticleData
) -> Iterator[FieldChange]:
    if old is None:
        if not new.is_retired:
            yield from _new_article(after, new)
        return
    if old.is_retired != new.is_retired:
        yield FieldChange(
            ChangeKind.RETIRED if new.is_retired else ChangeKind.BACK, old.title, new.title
        )
    yield from _carried_changes(old, new)
    if joined := sorted({*new.keys} - {*old.keys}):
        yield FieldChange(ChangeKind.JOINED, "", ", ".join(joined))
    labels = before.statuses[old.status].label, after.statuses[new.status].label
    yield from _if(ChangeKind.STATUS, *labels)
    if not new.is_retired:
        yield from _place_changes(before, after, old.uuid)
    if before.prompts is not None and after.prompts is not None:
        yield from _prompt_changes(before, after, old.uuid)
    if before.prerequisites is not None and after.prerequisites is not None:
        yield from _prerequisite_changes(before, after, old.uuid)


def _new_article(after: CatalogData, new: ArticleData) -> Iterator[FieldChange]:
    yield FieldChange(ChangeKind.NEW, "", new.title)
    yield from _first_values(new)
    yield FieldChange(ChangeKind.STATUS, "", after.statuses[new.status].label)
    for place in after.listed.get(new.uuid, ()):
        yield FieldChange(ChangeKind.PLACED, "", after.sections[place.section].heading)
        yield from _first_values(place)
    yield from _prompt_changes(CatalogData(), after, new.uuid)
    yield from _prerequisite_changes(CatalogData(), after, new.uuid)


def _place_changes(before: CatalogData, after: CatalogData, article: str) -> Iterator[FieldChange]:
    old_places = {entry.id: entry for entry in before.listed.get(article, ())}
    new_places = {entry.id: entry for entry in after.listed.get(article, ())}
    both = old_places.keys() & new_places.keys()
    for pk in sorted(both):
        yield from _kept_place_changes(before, after, old_places[pk], new_places[pk])
    removed = [old_places[pk] for pk in sorted(old_places.keys() - both)]
    added = [new_places[pk] for pk in sorted(new_places.keys() - both)]
    for old_place, new_place in zip_longest(removed, added):
        old = before.sections[old_place.section].title if old_place else ""
        new = after.sections[new_place.section].title if new_place else ""
        kind = (
            ChangeKind.MOVED
            if old_place and new_place
            else ChangeKind.LISTED
            if new_place
            else ChangeKind.UNLISTED
        )
        yield FieldChange(kind, old, new, new or old)


def _kept_place_changes(
    before: CatalogData, after: CatalogData, old: EntryData, new: EntryData
) -> Iterator[FieldChange]:
    section = after.sections[new.section].title
    if old.section != new.section:
        yield FieldChange(ChangeKind.MOVED, before.sections[old.section].title, section, section)
    elif old.number != new.number:
        yield FieldChange(ChangeKind.RENUMBERED, str(old.number), str(new.number), section)
    yield from _carried_changes(old, new, section)


def _prompt_changes(before: CatalogData, after: CatalogData, article: str) -> Iterator[FieldChange]:
    was = {prompt.uuid: prompt for prompt in before.prompts_of.get(article, ())}
    for new in after.prompts_of.get(article, ()):
        yield from prompt_changes(was.get(new.uuid), new)


def prompt_changes(old: PromptData | None, new: PromptData) -> Iterator[FieldChange]:
    """Return how a prompt differs from what it was; a retired one has no content that counts."""
    if old is None or old.is_retired:
        if not new.is_retired:
            kind = ChangeKind.ASKED if old is None else ChangeKind.ASKED_AGAIN
            yield FieldChange(kind, "", f"{new.question} {new.answer}")
    elif new.is_retired:
        yield FieldChange(ChangeKind.NOT_ASKED, old.question, "")
    else:
        yield from _carried_changes(old, new, new.question)


def _prerequisite_changes(
    before: CatalogData, after: CatalogData, article: str
) -> Iterator[FieldChange]:
    was = {row.uuid: row for row in before.prerequisites_of.get(article, ())}
    for new in after.prerequisites_of.get(article, ()):
        old, title = was.get(new.uuid), after.articles[new.requires].title
        if old is None or old.is_retired:
            if not new.is_retired:
                kind = ChangeKind.REQUIRED if old is None else ChangeKind.REQUIRED_AGAIN
                yield FieldChange(kind, "", f"{title}: {new.reason}")
        elif new.is_retired:
            yield FieldChange(ChangeKind.NOT_REQUIRED, title, "")
        else:
            yield from _carried_changes(old, new, title)


def _cases(before: CatalogData, after: CatalogData) -> Iterator[ChangedRow]:
    if before.cases is None or after.cases is None:
        return
    for uuid_, new in after.cases.items():
        if changes := list(_case_changes(before.cases.get(uuid_), new)):
            yield ChangedRow(new.slug, new.title, not new.is_retired, tuple(changes), uuid_)


def _case_changes(old: CaseData | None, new: CaseData) -> Iterator[FieldChange]:
    if old is None:
        if not new.is_retired:
            yield FieldChange(ChangeKind.NEW, "", new.title)
            yield from _first_values(new)
        return
    if old.is_retired != new.is_retired:
        kind = ChangeKind.RETIRED if new.is_retired else ChangeKind.BACK
        yield FieldChange(kind, old.title, new.title)
    yield from _carried_changes(old, new)


def _if(kind: ChangeKind, old: str, new: str, where: str = "") -> Iterator[FieldChange]:
    if old != new:
        yield FieldChange(kind, old, new, where)


def _carried_changes(old: _Row, new: _Row, where: str = "") -> Iterator[FieldChange]:
    """Compare the carried fields of a row before and after."""
    for name, field in carried(type(new)).items():
        yield from _if(field.change, _text(getattr(old, name)), _text(getattr(new, name)), where)


def _first_values(new: ArticleData | EntryData | CaseData) -> Iterator[FieldChange]:
    """Return the carried fields of a new row without its title, which is shown as its heading."""
    for name, field in carried(type(new)).items():
        if name not in {"title", "number"}:
            yield from _if(field.change, "", _text(getattr(new, name)))


def _text(value: object) -> str:
    return "" if value is None else str(value)
