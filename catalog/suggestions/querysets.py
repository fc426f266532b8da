from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

if TYPE_CHECKING:
    from catalog.suggestions.models import Suggestion
    from playbook.http import Reader


class SuggestionQuerySet(QuerySet["Suggestion"]):
    def waiting(self) -> Self:
        return self.filter(decided_at=None)

    def for_user(self, user: Reader) -> Self:
        return self.filter(learner_id=user.pk)

    def newest_first(self) -> Self:
        return self.order_by("-suggested_at", "-pk")

    def with_article(self) -> Self:
        """Join the article with its status, which says whether it is public, and the section."""
        return self.select_related("article__status", "section")
