from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from catalog.history.records import record
from catalog.retirable import NumberedQuerySet

if TYPE_CHECKING:
    from catalog.models import Article
    from catalog.prompts.models import Prompt


class PromptQuerySet(NumberedQuerySet["Prompt"]):
    def of_article(self, article: Article) -> Self:
        return self.filter(article=article)

    def in_order(self) -> Self:
        return self.order_by("article", "number", "pk")

    def append_to(self, article: Article) -> None:
        """Give the prompts to another article, in their order, after those that it has."""
        first = self.model._default_manager.filter(article=article).count() + 1
        prompts = list(self.select_for_update(of=("self",), no_key=True))
        for number, prompt in enumerate(prompts, start=first):
            prompt.article, prompt.number = article, number
        self.model._default_manager.bulk_update(prompts, ["article", "number"])
        record(prompts)
        self.model._default_manager.of_article(article).current().renumber()

    def get_by_natural_key(self, uuid: UUID) -> Prompt:
        return self.get(uuid=uuid)
