"""What the catalogue becomes by a playbook file: a pure function of the two, and of decisions.

What is matched and how is described in docs/architecture.md, “How a playbook file is merged”.
"""

from __future__ import annotations

import itertools
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.identity import title_key
from catalog.models import Colour
from catalog.playbook_file.alike import Alike
from catalog.playbook_file.catalogue import (
    ArticleRow,
    Catalogue,
    EntryRow,
    LayerRow,
    SectionRow,
    StatusRow,
)
from catalog.playbook_file.file import FileLayer, FileRow, FileSection, Note, PlaybookFile
from catalog.playbook_file.headings import folded, split, split_as

NEW = "new"

Decisions: TypeAlias = Mapping[str, str]
"""By a question's key: the slug of the article that it is, or NEW."""


@dataclass(frozen=True, slots=True)
class Question:
    """A row that may be an article whose key it does not have."""

    key: str
    title: str
    line: int
    article: str
    """The UUID that the row gets where nobody decides."""
    candidates: tuple[str, ...]
    """UUIDs of articles that the file does not list otherwise, the most alike first."""


class Undecidable(Exception):
    """A decision that answers no question of this file, or not with one of its candidates."""


@dataclass(frozen=True)
class Merge:
    before: Catalogue
    after: Catalogue
    matched: int
    """How many articles the file and the catalogue have in common."""
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass
class _Group:
    """The rows of one article, in the order of the file."""

    rows: list[FileRow]
    article: str = ""

    @property
    def key(self) -> str:
        return self.rows[0].key

    @property
    def title(self) -> str:
        return self.rows[0].title


def merge(catalogue: Catalogue, file: PlaybookFile, decisions: Decisions | None = None) -> Merge:
    """Undecidable where a decision does not fit."""
    return _Merging(catalogue, file, decisions or {}).merge()


class _Merging:
    def __init__(self, before: Catalogue, file: PlaybookFile, decisions: Decisions) -> None:
        self.before, self.file, self.decisions = before, file, decisions
        self.notes = list(file.notes)
        self.layers = dict(before.layers)
        self.sections = dict(before.sections)
        self.statuses = dict(before.statuses)
        self.articles = dict(before.articles)
        self.entries = dict(before.entries)
        self.by_key = {key: a.uuid for a in before.articles.values() for key in a.keys}
        self.slugs = {article.slug for article in before.articles.values()}
        self.questions: list[Question] = []

    def merge(self) -> Merge:
        layer_of = self._merge_layers()
        groups = self._groups()
        self._match(groups)
        matched = sum(group.article in self.before.articles for group in groups)
        article_of = {id(row): group.article for group in groups for row in group.rows}
        section_of = self._match_sections(article_of, layer_of)
        self._merge_articles(groups)
        self._merge_entries(section_of, article_of)
        self._retitle(groups)
        self._retire(set(article_of.values()), set(section_of.values()))
        self._number_sections(list(section_of.values()))
        return Merge(self.before, self._after(), matched, self.questions, self.notes)

    # --- Layers

    def _merge_layers(self) -> dict[FileLayer, str]:
        """Each layer of the file by slug: one of the same title, else of the same number."""
        found: dict[FileLayer, str] = {}
        for fits in (
            lambda new, old: (new.number, folded(new.title)) == (old.number, folded(old.title)),
            lambda new, old: folded(new.title) == folded(old.title),
            lambda new, old: new.number == old.number,
        ):
            for new in self.file.layers:
                free = [
                    old for old in self.before.layers.values() if old.slug not in found.values()
                ]
                if new not in found and (old := next((o for o in free if fits(new, o)), None)):
                    found[new] = old.slug
        for new in self.file.layers:
            if slug := found.get(new):
                old = self.layers[slug]
                self.layers[slug] = replace(
                    old, number=new.number, title=new.title, tagline=new.tagline
                )
            else:
                found[new] = self._new_layer(new.number, new.title, new.tagline)
        if not self.layers:
            self._new_layer(1, _("Playbook"), "")
        return found

    def _new_layer(self, number: int, title: str, tagline: str) -> str:
        slug = _free(slugify(title)[:45] or "layer", self.layers)
        colours = [colour.value for colour in Colour]
        used = Counter(layer.colour for layer in self.layers.values())
        colour = min(colours, key=lambda name: (used[name], colours.index(name)))
        self.layers[slug] = LayerRow(slug, number, title, tagline, colour)
        return slug

    # --- Articles: who is who

    def _groups(self) -> list[_Group]:
        """Rows with one key are one article; so is a row without a link and one of its title."""
        groups: dict[str, _Group] = {}
        for row in self.file.rows:
            groups.setdefault(row.key, _Group([])).rows.append(row)
        linked: dict[str, list[_Group]] = defaultdict(list)
        for group in groups.values():
            if group.rows[0].url:
                for title in {title_key(row.title) for row in group.rows}:
                    linked[title].append(group)
        for key, group in list(groups.items()):
            same = linked.get(key, [])
            if not group.rows[0].url and key not in self._known_titles() and len(same) == 1:
                same[0].rows += group.rows
                del groups[key]
        return list(groups.values())

    def _known_titles(self) -> Mapping[str, str]:
        """Articles without a link, by every title that they are listed under."""
        if not hasattr(self, "_titles"):
            titles: dict[str, set[str]] = defaultdict(set)
            for entry in self.before.entries.values():
                article = self.before.articles[entry.article]
                if not article.url and not entry.is_retired:
                    titles[title_key(entry.title)].add(article.uuid)
            unique = {key: next(iter(found)) for key, found in titles.items() if len(found) == 1}
            self._titles = {**unique, **self.by_key}
        return self._titles

    def _match(self, groups: list[_Group]) -> None:
        for group in groups:
            keys = {row.key for row in group.rows if row.url} or {group.key}
            known = self.by_key if group.rows[0].url else self._known_titles()
            group.article = next((known[key] for key in sorted(keys) if key in known), "")
        taken = {group.article for group in groups}
        for group in groups:
            if not group.article and group.rows[0].url:
                self._match_first_link(group, taken)
        self._decide([group for group in groups if not group.article], taken)
        for group in groups:
            group.article = group.article or self._new_uuid(group.key)

    def _match_first_link(self, group: _Group, taken: set[str]) -> None:
        """The link that an article without one was waiting for."""
        for row in group.rows:
            uuid_ = self._known_titles().get(title_key(row.title))
            if uuid_ and uuid_ not in taken and not self.before.articles[uuid_].url:
                group.article = uuid_
                taken.add(uuid_)
                return

    def _decide(self, groups: list[_Group], taken: set[str]) -> None:
        gone = [
            uuid_
            for uuid_ in self.before.listed
            if uuid_ not in taken and self.before.is_public(self.before.articles[uuid_])
        ]
        alike = Alike(self.before, gone)
        asked = set()
        for group in groups:
            candidates = alike.to(group.rows)
            if not candidates:
                continue
            asked.add(group.key)
            decision = self.decisions.get(group.key)
            if decision is None:
                question = Question(
                    group.key,
                    group.title,
                    group.rows[0].line,
                    self._new_uuid(group.key),
                    tuple(candidates),
                )
                self.questions.append(question)
            elif decision != NEW:
                by_slug = {self.before.articles[uuid_].slug: uuid_ for uuid_ in candidates}
                if decision not in by_slug:
                    words = _("“%(title)s” cannot be “%(slug)s”: choose one of %(slugs)s.")
                    slugs = ", ".join([*by_slug, NEW])
                    shown = {"title": group.title, "slug": decision, "slugs": slugs}
                    raise Undecidable(words % shown)
                group.article = by_slug[decision]
        # What is decided already is asked no more: the same file with the same decisions is fine.
        known = {row.key for row in self.file.rows}
        if unasked := sorted(self.decisions.keys() - asked - known):
            words = _("Nothing is asked about “%(key)s” in this file.")
            raise Undecidable(words % {"key": unasked[0]})

    def _new_uuid(self, key: str) -> str:
        """The same one each time, so that what was previewed is what is applied."""
        for number in itertools.count():
            made = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}#{number}"))
            if made not in self.before.articles:
                return made
        raise AssertionError

    # --- Articles: what becomes of them

    def _merge_articles(self, groups: list[_Group]) -> None:
        for group in groups:
            old = self.articles.get(group.article)
            urls = [row.url for row in group.rows if row.url]
            url = old.url if old and old.url in urls else next(iter(urls), "")
            status = self._status_of(group, old)
            if old is None:
                slug = _free(slugify(group.title)[:140].strip("-") or "article", self.slugs)
                self.slugs.add(slug)
                old = ArticleRow(group.article, slug, group.title, url, status, ())
            keys = {*old.keys, *(row.key for row in group.rows if row.url)}
            if not url:
                keys.add(title_key(old.title))
            self.articles[old.uuid] = replace(
                old,
                url=url,
                status=status,
                keys=tuple(sorted(self._free_keys(old.uuid, keys))),
                is_retired=False,
            )

    def _free_keys(self, article: str, keys: Iterable[str]) -> Iterable[str]:
        for key in keys:
            if self.by_key.setdefault(key, article) == article:
                yield key

    def _status_of(self, group: _Group, old: ArticleRow | None) -> str:
        told = [row.status for row in group.rows if row.status]
        if len({folded(label) for label in told}) > 1:
            words = _("“%(title)s” has several statuses; the first one holds.")
            self.notes.append(Note(group.rows[0].line, words % {"title": group.title}))
        if old and (not told or self._is_labelled(self.statuses[old.status], told[0])):
            return old.status
        label = told[0] if told else (_("Published") if group.rows[0].url else _("Planned"))
        fitting = [s for s in self.statuses.values() if self._is_labelled(s, label)]
        return fitting[0].slug if fitting else self._new_status(label)

    @staticmethod
    def _is_labelled(status: StatusRow, label: str) -> bool:
        return label == status.label or folded(label) in {folded(status.label), status.slug}

    def _new_status(self, label: str) -> str:
        slug = _free(slugify(label)[:45] or "status", self.statuses)
        number = max((status.number for status in self.statuses.values()), default=0) + 1
        counts = folded(label) == "published"
        colour = Colour.GREEN if counts else Colour.GREY
        bare = split(label)[1]
        self.statuses[slug] = StatusRow(slug, number, bare, colour.value, True, counts)
        return slug

    def _retitle(self, groups: list[_Group]) -> None:
        """An article keeps its title as long as a place has it, or none ever had."""
        titles: dict[str, list[str]] = defaultdict(list)
        for group in groups:
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

    # --- Sections

    def _match_sections(
        self, article_of: Mapping[int, str], layer_of: Mapping[FileLayer, str]
    ) -> dict[int, str]:
        """By the place in the file: the slug of each section, made where it is new."""
        found: dict[int, str] = {}
        for fits in (_is_same_heading, _is_same_title, _is_same_slug):
            for place, new in enumerate(self.file.sections):
                layer = layer_of.get(new.layer) if new.layer else None
                free = [s for s in self._by_likelihood(layer) if s.slug not in found.values()]
                if place not in found and (old := next((s for s in free if fits(new, s)), None)):
                    found[place] = old.slug
        self._match_renamed(found, article_of)
        for place, new in enumerate(self.file.sections):
            layer = layer_of.get(new.layer) if new.layer else None
            if slug := found.get(place):
                old = self.sections[slug]
                emoji, title = split_as(old, new.heading)
                self.sections[slug] = replace(
                    old, layer=layer or old.layer, emoji=emoji, title=title, is_retired=False
                )
            else:
                found[place] = self._new_section(place, new, layer, found)
        return dict(sorted(found.items()))

    def _by_likelihood(self, layer: str | None) -> list[SectionRow]:
        def unlikely(section: SectionRow) -> tuple[bool, bool, int, str]:
            other = layer is not None and section.layer != layer
            return section.is_retired, other, section.number, section.slug

        return sorted(self.before.sections.values(), key=unlikely)

    def _match_renamed(self, found: dict[int, str], article_of: Mapping[int, str]) -> None:
        """An old section and a new one that share at least half of the articles of one of them."""
        shares = []
        for slug, entries in self.before.current_of.items():
            if self.before.sections[slug].is_retired or slug in found.values():
                continue
            old = {entry.article for entry in entries}
            for place, section in enumerate(self.file.sections):
                new = {article_of[id(row)] for row in section.rows}
                shared = len(old & new)
                if place not in found and shared and 2 * shared >= min(len(old), len(new)):
                    shares.append((-shared, place, slug))
        for _shared, place, slug in sorted(shares):
            if place not in found and slug not in found.values():
                found[place] = slug

    def _new_section(
        self, place: int, new: FileSection, layer: str | None, found: Mapping[int, str]
    ) -> str:
        """Where the file names no layer: in that of the section before it, else after it."""
        emoji, title = split(new.heading)
        slug = _free(slugify(title)[:90].strip("-") or "section", self.sections)
        if layer is None:
            near = [*range(place - 1, -1, -1), *range(place + 1, len(self.file.sections))]
            known = (self.sections[found[other]].layer for other in near if other in found)
            first = min(self.layers.values(), key=lambda row: (row.number, row.slug)).slug
            layer = next(known, first)
            words = _("The section “%(title)s” is new; it was put into the layer “%(layer)s”.")
            shown = {"title": title, "layer": self.layers[layer].title}
            self.notes.append(Note(new.line, words % shown))
        self.sections[slug] = SectionRow(slug, layer, 0, emoji, title)
        return slug

    def _number_sections(self, listed: Sequence[str]) -> None:
        """As in the file; as they were, where that is the order already."""
        journey = Catalogue(self.layers, self.sections).journey
        rest = [section.slug for section in journey if section.slug not in set(listed)]
        now = [section.slug for section in journey]
        if now == [*listed, *rest] and all(self.sections[slug].number for slug in now):
            return
        for number, slug in enumerate([*listed, *rest], start=1):
            self.sections[slug] = replace(self.sections[slug], number=number)

    # --- Entries

    def _merge_entries(self, section_of: Mapping[int, str], article_of: Mapping[int, str]) -> None:
        """Each row takes the entry of its article that fits best; those left over are retired."""
        places = self._unique_places(section_of, article_of)
        old_of: dict[str, list[EntryRow]] = defaultdict(list)
        for entry in self.before.entries.values():
            old_of[entry.article].append(entry)
        listed = {article for _slug, _row, article in places}
        free = {entry.id: entry for article in listed for entry in old_of[article]}
        chosen: dict[int, EntryRow] = {}
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
        tables: dict[str, list[EntryRow]] = {slug: [] for slug in section_of.values()}
        for number, (slug, row, article) in enumerate(places):
            old = chosen.get(number) or EntryRow(-number - 1, slug, article, 0, "", "")
            learn = old.what_you_learn if row.what_you_learn is None else row.what_you_learn
            tables[slug].append(
                replace(old, section=slug, title=row.title, what_you_learn=learn, is_retired=False)
            )
        for slug, rows in tables.items():
            self._number(slug, rows, listed)

    def _unique_places(
        self, section_of: Mapping[int, str], article_of: Mapping[int, str]
    ) -> list[tuple[str, FileRow, str]]:
        places: dict[tuple[str, str, str], tuple[str, FileRow, str]] = {}
        for place, section in enumerate(self.file.sections):
            for row in section.rows:
                slug, article = section_of[place], article_of[id(row)]
                if (slug, article, row.title) in places:
                    words = _("“%(title)s” stands twice in its section; once was enough.")
                    self.notes.append(Note(row.line, words % {"title": row.title}))
                places.setdefault((slug, article, row.title), (slug, row, article))
        return list(places.values())

    def _number(self, slug: str, rows: list[EntryRow], listed: set[str]) -> None:
        """1, 2, 3, … with the drafts that the file does not list at the place that they had."""
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

    def _is_whole(self, slug: str, rows: list[EntryRow]) -> bool:
        before = self.before.current_of.get(slug, ())
        return {row.id for row in rows} == {row.id for row in before}

    def _stays(self, article: str) -> bool:
        """What the public does not see is the desk's own: no file speaks of it."""
        row = self.before.articles[article]
        return not row.is_retired and not self.before.is_public(row)

    # --- What the file has no more

    def _retire(self, in_file: Collection[str], sections: Collection[str]) -> None:
        for article in self.before.listed:
            if article not in in_file and not self._stays(article):
                self.articles[article] = replace(self.articles[article], is_retired=True)
        after = self._after()
        for section in after.journey:
            if section.slug not in sections and not after.current_of.get(section.slug):
                self.sections[section.slug] = replace(section, is_retired=True)

    def _after(self) -> Catalogue:
        return Catalogue(self.layers, self.sections, self.statuses, self.articles, self.entries)


def _free(stem: str, taken: Collection[str]) -> str:
    """The stem, or the first of `stem-2`, `stem-3`, … that is not taken."""
    numbered = (f"{stem}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain([stem], numbered) if slug not in taken)


def _is_same_heading(new: FileSection, old: SectionRow) -> bool:
    return new.heading == old.heading


def _is_same_title(new: FileSection, old: SectionRow) -> bool:
    return folded(split(new.heading)[1]) == folded(old.title)


def _is_same_slug(new: FileSection, old: SectionRow) -> bool:
    return slugify(split(new.heading)[1]) == old.slug


def _is_same_place(entry: EntryRow, section: str, title: str) -> bool:
    return entry.section == section and entry.title == title


def _is_same_section(entry: EntryRow, section: str, title: str) -> bool:
    return entry.section == section and not entry.is_retired


def _is_current(entry: EntryRow, section: str, title: str) -> bool:
    return not entry.is_retired
