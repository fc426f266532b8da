"""The prompts that ship, which are added to an installation once."""

from collections import defaultdict
from itertools import count

from catalog.prompts.models import Prompt
from catalog.shipped import add_once, articles_by_slug, rows_of


def load_prompts() -> int:
    """Add the prompts that ship unless there was one, and return how many."""
    return add_once(Prompt, _shipped)


def _shipped() -> list[Prompt]:
    """Return the prompts of articles that have a key of a shipped one, whatever their title is."""
    article_of = articles_by_slug()
    numbers: dict[int, count[int]] = defaultdict(lambda: count(1))
    prompts = []
    for fields in rows_of("prompts"):
        (slug,) = fields["article"]
        if article := article_of.get(slug):
            values = {**fields, "article": article, "number": next(numbers[article.pk])}
            prompts.append(Prompt(**values))
    return prompts
