"""Match what the articles of a file require to the catalogue, and merge it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import ArticleData, PrerequisiteData
from catalog.graph import Edge, cycles
from catalog.playbook_file.matching.decisions import Undecidable
from catalog.playbook_file.reading.parsed_file import FilePrerequisite, Note


class PrerequisiteMatcher:
    """Merges what one article after the other requires, after all articles, which they name."""

    def __init__(
        self, before: CatalogData, article_of: Callable[[str], str | None], notes: list[Note]
    ) -> None:
        self._before = before
        self._article_of = article_of
        """Return the UUID of the article with a key."""
        self._notes = notes
        self.prerequisites = None if before.prerequisites is None else dict(before.prerequisites)
        """All prerequisites as they should be, by UUID."""

    def merge(self, article: ArticleData, rows: Sequence[FilePrerequisite]) -> None:
        """Let the article require these, and retire its other prerequisites."""
        self.prerequisites = {} if self.prerequisites is None else self.prerequisites
        stored = {row.requires: row for row in self._before.prerequisites_of.get(article.uuid, ())}
        listed = {}
        for row, requires in self._known(article, rows):
            old = stored.get(requires) or PrerequisiteData(
                self._free_uuid(article.uuid, requires, row.uuid), article.uuid, requires, ""
            )
            listed[old.uuid] = replace(old, reason=row.reason, is_retired=False)
        for old in stored.values():
            if old.uuid not in listed and not self._is_hidden(old):
                listed[old.uuid] = replace(old, is_retired=True)
        self.prerequisites.update(listed)

    def _known(
        self, article: ArticleData, rows: Sequence[FilePrerequisite]
    ) -> Iterator[tuple[FilePrerequisite, str]]:
        """Yield the rows whose article is known, each with its UUID; name the others in a note."""
        for row in rows:
            requires = self._article_of(row.article.key)
            if requires is None:
                message = _(
                    "“%(article)s” requires “%(requires)s”, which is not an article. It was left "
                    "out."
                )
                names = {"article": article.title, "requires": row.article.title}
                self._notes.append(Note(row.line, message % names))
            elif requires == article.uuid:
                message = _("“%(article)s” requires itself. That was left out.")
                self._notes.append(Note(row.line, message % {"article": article.title}))
            else:
                yield row, requires

    def _is_hidden(self, row: PrerequisiteData) -> bool:
        """Return whether readers do not see its article, so that a file cannot name it."""
        requires = self._before.articles[row.requires]
        is_listed = requires.uuid in self._before.listed
        return not (is_listed and self._before.is_public(requires))

    def _free_uuid(self, article: str, requires: str, uuid: str) -> str:
        """Return the file's UUID, unless another prerequisite has it, else one of the pair."""
        known = self.prerequisites or {}
        return uuid if uuid and uuid not in known else str(uuid5(UUID(article), requires))

    def refuse_cycle(self, articles: Mapping[str, ArticleData]) -> None:
        """Raise `Undecidable` if the prerequisites would form a cycle."""
        current = (row for row in (self.prerequisites or {}).values() if not row.is_retired)
        closing = cycles(Edge(row.article, row.requires) for row in current)
        for cycle in closing.values():
            names = " → ".join(f"“{articles[uuid].title}”" for uuid in cycle)
            message = _("These prerequisites would form a cycle: %(names)s.")
            raise Undecidable(message % {"names": names})
