"""Match the rows of a file to the articles of the catalogue."""

from __future__ import annotations

import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import cached_property

from catalog.catalog_data import CatalogData
from catalog.identity import title_key, url_key
from catalog.playbook_file.matching.decisions import (
    NEW,
    Decisions,
    Question,
    chosen_article,
    merge_key,
)
from catalog.playbook_file.matching.title_index import CANDIDATES, TitleIndex
from catalog.playbook_file.reading.parsed_file import FileRow, PlaybookFile


@dataclass
class Group:
    """The rows of an article, in the order of the file."""

    rows: list[FileRow]
    article: str = ""
    """The UUID of the article; a new article has the UUID it will get."""

    @property
    def key(self) -> str:
        return self.rows[0].key

    @property
    def title(self) -> str:
        return self.rows[0].title

    @property
    def is_linked(self) -> bool:
        return bool(self.rows[0].url)


class ArticleMatcher:
    """Identifies the article of each row, by key, title, and decision.

    Raises `Undecidable` if a decision is none of the choices of its question.
    """

    def __init__(self, before: CatalogData, file: PlaybookFile, decisions: Decisions) -> None:
        self.before, self.decisions = before, decisions
        self.by_key = {key: a.uuid for a in before.articles.values() for key in a.keys}
        self.questions: list[Question] = []
        self.groups = self._grouped(file.rows)
        self._identify()

    @property
    def matched(self) -> int:
        """The number of articles that the file and the catalogue have in common."""
        return sum(group.article in self.before.articles for group in self.groups)

    def _grouped(self, rows: Iterable[FileRow]) -> list[Group]:
        """Group the rows by article.

        Rows with the same key are one article. A row without a link joins the only linked article
        of its title.
        """
        groups: dict[str, Group] = {}
        for row in rows:
            groups.setdefault(row.key, Group([])).rows.append(row)
        linked: dict[str, list[Group]] = defaultdict(list)
        for group in groups.values():
            if group.is_linked:
                for title in {title_key(row.title) for row in group.rows}:
                    linked[title].append(group)
        for key, group in list(groups.items()):
            same = linked.get(key, [])
            if not group.is_linked and key not in self._known_titles and len(same) == 1:
                same[0].rows += group.rows
                del groups[key]
        return list(groups.values())

    @cached_property
    def _known_titles(self) -> Mapping[str, str]:
        """Every article by key, and those without a link by each title of their entries."""
        titles: dict[str, set[str]] = defaultdict(set)
        for entry in self.before.entries.values():
            article = self.before.articles[entry.article]
            if not article.url and not entry.is_retired:
                titles[title_key(entry.title)].add(article.uuid)
        unique = {key: next(iter(found)) for key, found in titles.items() if len(found) == 1}
        return {**unique, **self.by_key}

    def _identify(self) -> None:
        for group in self.groups:
            keys = {row.key for row in group.rows if row.url} or {group.key}
            known = self.by_key if group.is_linked else self._known_titles
            group.article = next((known[key] for key in sorted(keys) if key in known), "")
        taken = {group.article for group in self.groups}
        for group in self.groups:
            if not group.article and group.is_linked:
                self._take_first_link(group, taken)
        self._decide([group for group in self.groups if not group.article], taken)
        for group in self.groups:
            group.article = group.article or self._new_uuid(group.key)
        self.groups = self._joined_groups()
        self._ask_about_merges({group.article for group in self.groups})

    def _joined_groups(self) -> list[Group]:
        """Join the groups of one article, so that its address does not depend on their order."""
        groups: dict[str, Group] = {}
        for group in self.groups:
            known = groups.setdefault(group.article, group)
            if known is not group:
                known.rows += group.rows
        return list(groups.values())

    def _take_first_link(self, group: Group, taken: set[str]) -> None:
        """Match a linked row to the article of its title that has no link yet."""
        for row in group.rows:
            uuid_ = self._known_titles.get(title_key(row.title))
            if uuid_ and uuid_ not in taken and not self.before.articles[uuid_].url:
                group.article = uuid_
                taken.add(uuid_)
                return

    # --- Questions

    def _decide(self, groups: list[Group], taken: set[str]) -> None:
        """Ask about each of these groups without an article if an older one has its title."""
        index = TitleIndex(self.before, self._missing(taken))
        for group in groups:
            by_slug = {
                self.before.articles[uuid_].slug: uuid_
                for uuid_ in self._candidates(group, index, taken)
            }
            if not by_slug:
                continue
            others = {slug for slug, uuid_ in by_slug.items() if uuid_ in taken}
            decision = chosen_article(self.decisions, group.key, group.title, by_slug, others)
            line, new = group.rows[0].line, self._new_uuid(group.key)
            self.questions.append(
                Question(group.key, group.title, line, new, (*by_slug.values(),), decision or "")
            )
            group.article = by_slug.get(decision or NEW, new)
            taken.add(group.article)

    def _missing(self, taken: set[str]) -> list[str]:
        """Return the public articles that are listed now and would be retired."""
        return [
            uuid_
            for uuid_ in self.before.listed
            if uuid_ not in taken and self.before.is_public(self.before.articles[uuid_])
        ]

    def _candidates(self, group: Group, index: TitleIndex, taken: set[str]) -> list[str]:
        """Return missing articles of a similar title, and unlisted ones of the same title."""
        keys = {title_key(row.title) for row in group.rows}
        unlisted = [uuid_ for key in sorted(keys) for uuid_ in self._unlisted.get(key, ())]
        free = [uuid_ for uuid_ in dict.fromkeys(unlisted) if uuid_ not in taken]
        found = [*index.similar_to(group.rows), *free]
        same = {uuid_ for uuid_ in found if keys & self._titles_of(uuid_)}
        return sorted(found, key=lambda uuid_: uuid_ not in same)[:CANDIDATES]

    @cached_property
    def _unlisted(self) -> Mapping[str, list[str]]:
        """The articles that are retired or listed nowhere, by the keys of their titles."""
        titles: dict[str, list[str]] = defaultdict(list)
        for uuid_, article in self.before.articles.items():
            is_out = uuid_ not in self.before.listed and not article.merged_into
            if is_out and self.before.is_public(article):
                for key in sorted(self._titles_of(uuid_)):
                    titles[key].append(uuid_)
        return titles

    def _titles_of(self, article: str) -> set[str]:
        """Return the keys of the titles of an article and its entries, retired ones included."""
        titles = {self.before.articles[article].title, *self._entry_titles.get(article, ())}
        return set(map(title_key, titles))

    @cached_property
    def _entry_titles(self) -> Mapping[str, set[str]]:
        titles: dict[str, set[str]] = defaultdict(set)
        for entry in self.before.entries.values():
            titles[entry.article].add(entry.title)
        return titles

    def _ask_about_merges(self, taken: set[str]) -> None:
        """Ask about each older article that has the title or the address of another article's row.

        Without an answer its learners would be left on a retired article.
        """
        by_key: dict[str, list[str]] = defaultdict(list)
        for uuid_ in self._missing(taken):
            url = self.before.articles[uuid_].url
            for key in {*self._titles_of(uuid_), *([url_key(url)] if url else [])}:
                by_key[key].append(uuid_)
        asked: set[str] = set()
        for group in self.groups if by_key or self._unlisted else ():
            if group.article in self.before.articles:
                for uuid_, row in self._doubles(group, by_key):
                    if uuid_ not in asked | taken:
                        asked.add(uuid_)
                        self._ask_about_merge(group, uuid_, row)

    def _doubles(
        self, group: Group, missing: Mapping[str, list[str]]
    ) -> Iterator[tuple[str, FileRow]]:
        """Yield each article of which a row of another article has the title or the address."""
        for row in group.rows:
            title = title_key(row.title)
            for uuid_ in (*missing.get(title, ()), *missing.get(row.key, ())):
                yield uuid_, row
            unlisted = self._unlisted.get(title)
            if unlisted and title not in self._titles_of(group.article):
                yield from ((uuid_, row) for uuid_ in unlisted)

    def _ask_about_merge(self, group: Group, article: str, row: FileRow) -> None:
        slug = self.before.articles[article].slug
        key, kept = merge_key(slug), self.before.articles[group.article]
        decision = chosen_article(self.decisions, key, kept.title, [slug])
        self.questions.append(
            Question(
                key, kept.title, row.line, kept.uuid, (article,), decision or "", is_merge=True
            )
        )

    def _new_uuid(self, key: str) -> str:
        """Derive a UUID from the key, so that applying repeats what the preview showed."""
        for number in itertools.count():
            candidate = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}#{number}"))
            if candidate not in self.before.articles:
                return candidate
        raise AssertionError
