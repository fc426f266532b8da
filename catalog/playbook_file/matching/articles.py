"""Match the rows of a file to the articles of the catalogue."""

from __future__ import annotations

import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from catalog.catalog_data import CatalogData
from catalog.identity import title_key
from catalog.playbook_file.matching.decisions import NEW, Decisions, Question, chosen
from catalog.playbook_file.matching.title_index import TitleIndex
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

    def _decide(self, groups: list[Group], taken: set[str]) -> None:
        missing = [
            uuid_
            for uuid_ in self.before.listed
            if uuid_ not in taken and self.before.is_public(self.before.articles[uuid_])
        ]
        index = TitleIndex(self.before, missing)
        for group in groups:
            candidates = index.similar_to(group.rows)
            if not candidates:
                continue
            by_slug = {self.before.articles[uuid_].slug: uuid_ for uuid_ in candidates}
            decision = chosen(self.decisions, group.key, group.title, [*by_slug, NEW])
            line, new = group.rows[0].line, self._new_uuid(group.key)
            self.questions.append(
                Question(group.key, group.title, line, new, tuple(candidates), decision or "")
            )
            group.article = by_slug.get(decision or NEW, new)

    def _new_uuid(self, key: str) -> str:
        """Derive a UUID from the key, so that applying repeats what the preview showed."""
        for number in itertools.count():
            candidate = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}#{number}"))
            if candidate not in self.before.articles:
                return candidate
        raise AssertionError
