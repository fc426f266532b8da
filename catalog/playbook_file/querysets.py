from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import F, QuerySet

if TYPE_CHECKING:
    from catalog.playbook_file.models import OpenQuestion, Revision


class RevisionQuerySet(QuerySet["Revision"]):
    def applied(self) -> Self:
        return self.exclude(applied_at=None)

    def without_contents(self) -> Self:
        """For lists: a file and two catalogues a row are much to read."""
        return self.defer("file", "catalogue_before", "catalogue_after")

    def with_undone_at(self) -> QuerySet[Any, Any]:
        """Annotates `undone_at`: when the revision was applied that this one takes back."""
        return self.annotate(undone_at=F("undoes__applied_at"))


class OpenQuestionQuerySet(QuerySet["OpenQuestion"]):
    def waiting(self) -> Self:
        return self.filter(answered_at=None)
