"""The prompts that ship, which are added to an installation once."""

from collections import defaultdict
from itertools import count

from django.db import transaction

from catalog import catalog_version
from catalog.history.records import CREATED, record, records_of
from catalog.prompts.models import Prompt
from catalog.shipped import articles_by_slug, rows_of


def load_prompts() -> int:
    """Add the prompts that ship to the articles that this installation has; return how many.

    Nothing is added once there was a prompt, so that what editors made of them stays.
    """
    if _has_had_prompts():
        return 0
    with transaction.atomic():
        catalog_version.lock_catalog()
        if _has_had_prompts():  # Another process was faster.
            return 0
        prompts = Prompt.objects.bulk_create(_shipped())
        record(prompts, CREATED)
    return len(prompts)


def _has_had_prompts() -> bool:
    return Prompt.objects.exists() or records_of(Prompt).exists()


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
