from collections.abc import Callable

import pytest

from catalog.models import Article
from catalog.prerequisites.models import Prerequisite

A, B, C, D = (
    "unlocking-scalability-building-blocks-p1",
    "unlocking-scalability-advanced-blocks-p2",
    "payment-wallet",
    "ticket-booking-system",
)
"""Articles in the order of the journey, each with a link."""


def article(slug: str) -> Article:
    return Article.objects.get(slug=slug)


@pytest.fixture
def require(playbook: None) -> Callable[..., Prerequisite]:
    """Return a function that lets an article require another one, by their slugs."""

    def require(slug: str, requires: str, reason: str = "it needs that") -> Prerequisite:
        return Prerequisite.objects.create(
            article=article(slug), requires=article(requires), reason=reason
        )

    return require
