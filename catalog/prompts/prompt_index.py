"""The current prompts of a snapshot, read once for each catalog version."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from catalog.models import Article
from catalog.prompts.models import Prompt
from catalog.snapshot import CatalogSnapshot


class PromptIndex:
    """The prompts of the countable articles that readers see, by article and by UUID."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self.by_article: Mapping[int, list[Prompt]] = self._grouped(snapshot)
        self.by_uuid: Mapping[UUID, Prompt] = {
            prompt.uuid: prompt for prompts in self.by_article.values() for prompt in prompts
        }

    @staticmethod
    def _grouped(snapshot: CatalogSnapshot) -> Mapping[int, list[Prompt]]:
        prompts: dict[int, list[Prompt]] = defaultdict(list)
        for prompt in Prompt.objects.current().in_order():
            article = snapshot.by_pk.get(prompt.article_id)
            if article and article.is_countable:
                prompt.article = article
                prompts[article.pk].append(prompt)
        return dict(prompts)

    @classmethod
    def of(cls, snapshot: CatalogSnapshot) -> "PromptIndex":
        return snapshot.derive("prompts", cls)

    def of_article(self, article: Article) -> list[Prompt]:
        return self.by_article.get(article.pk, [])
