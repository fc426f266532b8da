"""Merge a playbook file into a catalogue: a pure function of the two and the decisions.

The rules are described in docs/architecture.md, “How a playbook file is merged”.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import ArticleData, EntryData, carried
from catalog.identity import title_key
from catalog.playbook_file.matching.articles import ArticleMatcher, Group
from catalog.playbook_file.matching.cases import CaseMatcher
from catalog.playbook_file.matching.decisions import (
    ALL,
    Decisions,
    Placement,
    Question,
    Undecidable,
    merge_key,
    placement_key,
)
from catalog.playbook_file.matching.prerequisites import PrerequisiteMatcher
from catalog.playbook_file.matching.prompts import PromptMatcher
from catalog.playbook_file.matching.sections import OutlineMatcher
from catalog.playbook_file.matching.statuses import StatusMatcher
from catalog.playbook_file.reading.parsed_file import FileRow, Note, PlaybookFile
from catalog.slugs import free_slug


@dataclass(frozen=True)
class Merge:
    before: CatalogData
    after: CatalogData
    matched: int
    """The number of articles that the file and the catalogue have in common."""
    questions: list[Question] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def open_questions(self) -> list[Question]:
        return [question for question in self.questions if not question.decision]

    @property
    def merges(self) -> list[tuple[str, str]]:
        """The articles to merge, as pairs of the UUIDs of the kept one and the duplicate."""
        return [
            (question.article, question.candidates[0])
            for question in self.questions
            if question.is_merge and question.is_decided_same
        ]


def merge(catalogue: CatalogData, file: PlaybookFile, decisions: Decisions | None = None) -> Merge:
    """Return the merged catalogue. Raise `Undecidable` if a decision does not fit."""
    return _Merger(catalogue, file, decisions or {}).merge()


class _Merger:
    def __init__(self, before: CatalogData, file: PlaybookFile, decisions: Decisions) -> None:
        self.before, self.file = before, file
        self.matcher = ArticleMatcher(before, file, decisions)
        self.article_of = {id(row): g.article for g in self.matcher.groups for row in g.rows}
        self.outline = OutlineMatcher(before, file, self.article_of, decisions)
        self._refuse_unasked(decisions)
        self.notes = [*file.notes, *self.outline.notes]
        self.statuses = StatusMatcher(before.statuses, self.notes)
        self.articles = dict(before.articles)
        self.entries = dict(before.entries)
        self.by_key = dict(self.matcher.by_key)
        self.slugs = {article.slug for article in before.articles.values()}
        self.prompts = PromptMatcher(before)
        self.cases = before.cases
        self.prerequisites = before.prerequisites

    def merge(self) -> Merge:
        for group in self.matcher.groups:
            self._merge_article(group)
        self._merge_entries()
        self._retitle()
        self._retire()
        self.outline.number()
        self._merge_cases()
        self._merge_prerequisites()
        return Merge(
            self.before,
            self._after(),
            self.matcher.matched,
            self.matcher.questions,
            self.outline.placements,
            self.notes,
        )

    def _after(self) -> CatalogData:
        outline = self.outline
        return CatalogData(
            outline.layers,
            outline.sections,
            self.statuses.by_slug,
            self.articles,
            self.entries,
            self.prompts.prompts,
            self.cases,
            self.prerequisites,
        )

    def _refuse_unasked(self, decisions: Decisions) -> None:
        """Raise `Undecidable` if a decision is about no row and no section of the file.

        Decisions about settled questions are accepted, so that a file can be imported again.
        """
        known = {row.key for row in self.file.rows}
        known |= {placement_key(slug) for slug in self.outline.sections}
        known |= {ALL, *(merge_key(article.slug) for article in self.before.articles.values())}
        if unasked := sorted(decisions.keys() - known):
            message = _("This file does not ask about “%(key)s”.")
            raise Undecidable(message % {"key": unasked[0]})

    # --- Articles

    def _merge_article(self, group: Group) -> None:
        old = self.articles.get(group.article)
        urls = [row.url for row in group.rows if row.url]
        url = old.url if old and old.url in urls else next(iter(urls), "")
        status = self.statuses.status_of(group, old)
        if old is None:
            slug = free_slug(slugify(group.title)[:140].strip("-") or "article", self.slugs)
            self.slugs.add(slug)
            old = ArticleData(group.article, slug, group.title, url, status, ())
        keys = {*old.keys, *(row.key for row in group.rows if row.url)}
        if not url:
            keys.add(title_key(old.title))
        # The first row that has a value wins.
        found = {name: value for row in reversed(group.rows) for name, value in row.values.items()}
        values = {name: found[name] for name in carried(ArticleData) if name in found}
        self.articles[old.uuid] = replace(
            old,
            **values,
            url=url,
            status=status,
            keys=tuple(sorted(self._free_keys(old.uuid, keys))),
            is_retired=False,
        )
        asked = next((row.prompts for row in group.rows if row.prompts is not None), None)
        if asked is not None:
            self.prompts.merge(old.uuid, asked)

    def _free_keys(self, article: str, keys: Iterable[str]) -> Iterable[str]:
        for key in keys:
            if self.by_key.setdefault(key, article) == article:
                yield key

    def _retitle(self) -> None:
        """Retitle an article only if one of its entries had its title and none has it now."""
        titles: dict[str, list[str]] = defaultdict(list)
        for group in self.matcher.groups:
            titles[group.article] += [row.title for row in group.rows]
        before = defaultdict(set)
        for entry in self.before.entries.values():
            if not entry.is_retired:
                before[entry.article].add(entry.title)
        for uuid_, now in titles.items():
            article = self.articles[uuid_]
            if article.title not in now and article.title in before[uuid_]:
                title = now[0]
                keys = article.keys
                if not article.url:
                    keys = (*keys, *self._free_keys(uuid_, {title_key(title)} - {*keys}))
                self.articles[uuid_] = replace(article, title=title, keys=tuple(sorted(keys)))

    def _merge_cases(self) -> None:
        """Merge the cases after all articles, which they name."""
        if self.file.cases is not None:
            matcher = CaseMatcher(self.before, self._slug_of, self.notes)
            matcher.merge(self.file.cases)
            self.cases = matcher.cases

    def _merge_prerequisites(self) -> None:
        matcher = PrerequisiteMatcher(self.before, self.by_key.get, self.notes)
        for group in self.matcher.groups:
            asked = next((row.requires for row in group.rows if row.requires is not None), None)
            if asked is not None:
                matcher.merge(self.articles[group.article], asked)
        matcher.refuse_cycle(self.articles)
        self.prerequisites = matcher.prerequisites

    def _slug_of(self, key: str) -> str | None:
        return self.articles[self.by_key[key]].slug if key in self.by_key else None

    # --- Entries

    def _merge_entries(self) -> None:
        """Give each row the entry of its article that fits best; retire the other entries."""
        places = self._unique_places()
        old_of: dict[str, list[EntryData]] = defaultdict(list)
        for entry in self.before.entries.values():
            old_of[entry.article].append(entry)
        listed = {article for _slug, _row, article in places}
        free = {entry.id: entry for article in listed for entry in old_of[article]}
        chosen: dict[int, EntryData] = {}
        for fits in (_is_same_place, _is_same_section, _is_current):
            for number, (slug, row, article) in enumerate(places):
                if number not in chosen:
                    old = next(
                        (e for e in old_of[article] if e.id in free and fits(e, slug, row.title)),
                        None,
                    )
                    if old:
                        chosen[number] = free.pop(old.id)
        for entry in free.values():
            self.entries[entry.id] = replace(entry, is_retired=True)
        tables: dict[str, list[EntryData]] = {slug: [] for slug in self.outline.section_of.values()}
        for number, (slug, row, article) in enumerate(places):
            old = chosen.get(number) or EntryData(-number - 1, slug, article, 0, "", "")
            values = {name: row.values[name] for name in carried(EntryData) if name in row.values}
            tables[slug].append(
                replace(old, section=slug, title=row.title, is_retired=False, **values)
            )
        for slug, rows in tables.items():
            self._number(slug, rows, listed)

    def _unique_places(self) -> list[tuple[str, FileRow, str]]:
        places: dict[tuple[str, str, str], tuple[str, FileRow, str]] = {}
        for place, section in enumerate(self.file.sections):
            for row in section.rows:
                slug, article = self.outline.section_of[place], self.article_of[id(row)]
                if (slug, article, row.title) in places:
                    message = _("“%(title)s” is listed twice in its section. It was added once.")
                    self.notes.append(Note(row.line, message % {"title": row.title}))
                places.setdefault((slug, article, row.title), (slug, row, article))
        return list(places.values())

    def _number(self, slug: str, rows: list[EntryData], listed: set[str]) -> None:
        """Set the numbers of a section's entries, from 1; unlisted drafts keep their place."""
        for entry in self.before.current_of.get(slug, ()):
            if entry.article not in listed and self._stays(entry.article):
                rows.insert(min(max(entry.number - 1, 0), len(rows)), entry)
        numbers = [row.order for row in rows]
        were_here = all(
            row.id > 0 and self.before.entries[row.id].section == slug and row.number
            for row in rows
        )
        if not (were_here and numbers == sorted(numbers) and self._is_whole(slug, rows)):
            rows = [replace(row, number=number) for number, row in enumerate(rows, start=1)]
        self.entries.update({row.id: row for row in rows})

    def _is_whole(self, slug: str, rows: list[EntryData]) -> bool:
        before = self.before.current_of.get(slug, ())
        return {row.id for row in rows} == {row.id for row in before}

    def _stays(self, article: str) -> bool:
        """Return whether a missing article stays: a file never retires what readers cannot see."""
        row = self.before.articles[article]
        return not row.is_retired and not self.before.is_public(row)

    # --- Retire what the file no longer lists

    def _retire(self) -> None:
        in_file = set(self.article_of.values())
        # This includes the entries of a retired section that the file restored.
        for article in self._after().listed:
            if article not in in_file and not self._stays(article):
                self.articles[article] = replace(self.articles[article], is_retired=True)
        after = self._after()
        self.outline.retire(
            section.slug for section in after.journey if not after.current_of.get(section.slug)
        )


def _is_same_place(entry: EntryData, section: str, title: str) -> bool:
    return entry.section == section and entry.title == title


def _is_same_section(entry: EntryData, section: str, title: str) -> bool:
    return entry.section == section and not entry.is_retired


def _is_current(entry: EntryData, section: str, title: str) -> bool:
    return not entry.is_retired
