"""The cases that ship, which are added to an installation once."""

from django.db import transaction

from catalog import catalog_version
from catalog.cases.case_lines import lines_in
from catalog.cases.models import Case
from catalog.history.records import CREATED, record, records_of
from catalog.shipped import articles_by_slug, rows_of


def load_cases() -> int:
    """Add the cases that ship, and return how many.

    Nothing is added once there was a case, so that what editors made of them stays.
    """
    if _has_had_cases():
        return 0
    with transaction.atomic():
        catalog_version.lock_catalog()
        if _has_had_cases():  # Another process was faster.
            return 0
        cases = Case.objects.bulk_create(_shipped())
        record(cases, CREATED)
    return len(cases)


def _has_had_cases() -> bool:
    return Case.objects.exists() or records_of(Case).exists()


def _shipped() -> list[Case]:
    """Return the cases, each with the slugs that its articles have in this installation."""
    articles = articles_by_slug()
    cases = []
    for fields in rows_of("cases"):
        named = (articles.get(slug) for slug in lines_in(fields["article_lines"]))
        slugs = dict.fromkeys(article.slug for article in named if article)
        cases.append(Case(**{**fields, "article_lines": "\n".join(slugs)}))
    return cases
