from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import F, QuerySet

if TYPE_CHECKING:
    from catalog.playbook_file.models import OpenQuestion, Revision


class RevisionQuerySet(QuerySet["Revision"]):
    def applied(self) -> Self:
        return self.exclude(applied_at=None)

    def without_contents(self) -> Self:
        """Defer the file and the two catalogues, which are large."""
        return self.defer("file", "catalogue_before", "catalogue_after")

    def with_undone_at(self) -> QuerySet[Any, Any]:
        """Annotate `undone_at`: when the revision that this one undoes was applied."""
        return self.annotate(undone_at=F("undoes__applied_at"))


class OpenQuestionQuerySet(QuerySet["OpenQuestion"]):
    def waiting(self) -> Self:
        return self.filter(answered_at=None)
