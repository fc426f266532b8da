"""Match the statuses of a file to those of the catalogue, and add new ones."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.catalog_rows import ArticleData, StatusData
from catalog.identity import folded
from catalog.models import Colour
from catalog.playbook_file.matching.articles import Group
from catalog.playbook_file.reading.headings import without_emoji
from catalog.playbook_file.reading.parsed_file import Note
from catalog.slugs import free_slug


class StatusMatcher:
    """Gives each article of the file a status, by label or slug."""

    def __init__(self, before: Mapping[str, StatusData], notes: list[Note]) -> None:
        self._existing = ", ".join(f"“{status.label}”" for status in before.values())
        self.by_slug = dict(before)
        self._notes = notes

    def status_of(self, group: Group, old: ArticleData | None) -> str:
        """Return the slug of the status that the rows name, else of the old one or a default."""
        labels = [row.status for row in group.rows if row.status]
        if len({folded(label) for label in labels}) > 1:
            message = _("“%(title)s” has several statuses. The first one is used.")
            self._notes.append(Note(group.rows[0].line, message % {"title": group.title}))
        if old and (not labels or _is_labelled(self.by_slug[old.status], labels[0])):
            return old.status
        label = labels[0] if labels else (_("Published") if group.is_linked else _("Planned"))
        fitting = [status for status in self.by_slug.values() if _is_labelled(status, label)]
        if fitting:
            return fitting[0].slug
        line = next((row.line for row in group.rows if row.status), group.rows[0].line)
        return self._add(label, line)

    def _add(self, label: str, line: int) -> str:
        slug = free_slug(slugify(label)[:45] or "status", self.by_slug)
        number = max((status.number for status in self.by_slug.values()), default=0) + 1
        counts = folded(label) == "published"
        colour = Colour.GREEN if counts else Colour.GREY
        bare = without_emoji(label)
        self.by_slug[slug] = StatusData(slug, number, bare, colour.value, True, counts)
        if counts:
            message = _("“%(label)s” is a new status. It counts towards progress.")
        else:
            message = _("“%(label)s” is a new status. It does not count towards progress.")
        if self._existing:
            message += " " + _("The existing statuses are %(known)s.")
        self._notes.append(Note(line, message % {"label": bare, "known": self._existing}))
        return slug


def _is_labelled(status: StatusData, label: str) -> bool:
    return label == status.label or folded(label) in {folded(status.label), folded(status.slug)}
