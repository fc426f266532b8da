"""Match the cases of a file to those of the catalogue, and merge them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import CaseData, carried
from catalog.playbook_file.reading.parsed_file import FileCase, Note
from catalog.slugs import free_slug

TWIST_MINUTE = 25
"""The minute of the twist in a new case whose file states none."""


class CaseMatcher:
    """Merges the cases of a file: those that it lists become the current ones, in its order."""

    def __init__(
        self, before: CatalogData, slug_of: Callable[[str], str | None], notes: list[Note]
    ) -> None:
        self._before = before
        self._slug_of = slug_of
        """Return the slug of the article with a key."""
        self._notes = notes
        self.cases = dict(before.cases or {})
        """All cases as they should be, by UUID."""

    def merge(self, rows: Sequence[FileCase]) -> None:
        """Make these the current cases, and retire all others."""
        matched = _matched(rows, list(self.cases.values()))
        listed = []
        for row, known in zip(rows, matched, strict=True):
            old = known or self._new(row)
            self.cases[old.uuid] = old
            values = {**row.values, "article_lines": self._article_lines(row, old)}
            listed.append(replace(old, **values, is_retired=False))
        uuids = [case.uuid for case in listed]
        if uuids != [case.uuid for case in self._before.current_cases]:
            listed = [replace(case, number=n) for n, case in enumerate(listed, start=1)]
        retired = {uuid: replace(case, is_retired=True) for uuid, case in self.cases.items()}
        self.cases = {**retired, **{case.uuid: case for case in listed}}

    def _new(self, row: FileCase) -> CaseData:
        uuid = next(uuid for uuid in _uuids(row) if uuid not in self.cases)
        stem = slugify(row.slug or row.title)[:90].strip("-") or "case"
        slug = free_slug(stem, {case.slug for case in self.cases.values()})
        empty: dict[str, Any] = dict.fromkeys(carried(CaseData), "")
        return CaseData(
            uuid=uuid, slug=slug, **{**empty, "number": 0, "twist_minute": TWIST_MINUTE}
        )

    def _article_lines(self, row: FileCase, old: CaseData) -> str:
        """Return the slugs of the articles in the file, then of those that a file cannot name."""
        if row.articles is None:
            return old.article_lines
        slugs = [slug for slug in self._slugs(row) if slug]
        shown = [article.slug for article in self._before.articles_of(old)]
        if slugs == shown:
            return old.article_lines
        return "\n".join(dict.fromkeys([*slugs, *self._hidden(old)]))

    def _slugs(self, row: FileCase) -> Iterator[str]:
        for article in row.articles or ():
            if slug := self._slug_of(article.key):
                yield slug
            else:
                message = _(
                    "The case “%(case)s” names “%(article)s”, which is not an article. It was left "
                    "out."
                )
                names = {"case": row.title, "article": article.title}
                self._notes.append(Note(row.line, message % names))

    def _hidden(self, old: CaseData) -> list[str]:
        """Return the articles of a case that were retired when the file was exported."""
        alone = (replace(old, article_lines=slug) for slug in old.article_lines.split())
        return [case.article_lines for case in alone if not self._before.articles_of(case)]


def _matched(rows: Sequence[FileCase], stored: Sequence[CaseData]) -> list[CaseData | None]:
    """Return the stored case of each row: the one with its UUID, else with its slug or title."""
    free = {case.uuid: case for case in stored}
    matched = [free.pop(row.uuid, None) for row in rows]
    for same in (_has_slug, _has_title):
        for place, row in enumerate(rows):
            if matched[place] is None:
                old = next((case for case in free.values() if same(row, case)), None)
                matched[place] = free.pop(old.uuid) if old else None
    return matched


def _has_slug(row: FileCase, case: CaseData) -> bool:
    return row.slug == case.slug


def _has_title(row: FileCase, case: CaseData) -> bool:
    return " ".join(row.title.casefold().split()) == " ".join(case.title.casefold().split())


def _uuids(row: FileCase) -> Iterator[str]:
    if row.uuid:
        yield row.uuid
    name = row.title
    while True:
        yield str(uuid5(NAMESPACE_URL, name))
        name += "'"
