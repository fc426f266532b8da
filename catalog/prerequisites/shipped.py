"""The prerequisites that ship, which are added to an installation once."""

from django.db import transaction

from catalog import catalog_version
from catalog.graph import Edge, circles
from catalog.history.records import CREATED, record, records_of
from catalog.prerequisites.models import Prerequisite
from catalog.shipped import articles_by_slug, rows_of


def load_prerequisites() -> int:
    """Add the prerequisites that ship, and return how many.

    Nothing is added once there was one, so that what editors made of them stays.
    """
    if _has_had_prerequisites():
        return 0
    with transaction.atomic():
        catalog_version.lock_catalog()
        if _has_had_prerequisites():  # Another process was faster.
            return 0
        prerequisites = Prerequisite.objects.bulk_create(_shipped())
        record(prerequisites, CREATED)
    return len(prerequisites)


def _has_had_prerequisites() -> bool:
    return Prerequisite.objects.exists() or records_of(Prerequisite).exists()


def _shipped() -> list[Prerequisite]:
    """Return the prerequisites between articles that have keys of the shipped ones.

    Two of these may be one article here, so that a prerequisite is left out.
    """
    articles = articles_by_slug()
    rows: dict[Edge[int], Prerequisite] = {}
    for fields in rows_of("prerequisites"):
        article, requires = (articles.get(fields[name][0]) for name in ("article", "requires"))
        if article and requires:
            row = Prerequisite(**{**fields, "article": article, "requires": requires})
            rows.setdefault(Edge(article.pk, requires.pk), row)
    closing = circles(rows)
    return [row for edge, row in rows.items() if edge not in closing]
