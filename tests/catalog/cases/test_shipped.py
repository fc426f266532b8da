"""The cases that ship get into an installation once, with its own articles."""

from uuid import uuid4

import pytest

from catalog.cases.case_index import CaseIndex
from catalog.cases.models import Case
from catalog.cases.shipped import load_cases
from catalog.history.records import records_of
from catalog.models import Alias, Article
from catalog.shipped import rows_of
from catalog.snapshot import CatalogSnapshot

pytestmark = pytest.mark.same_everywhere


def test_an_installation_gets_the_cases_once(playbook: None) -> None:
    assert load_cases() == len(Case.objects.all()) == len(list(rows_of("cases")))
    assert set(records_of(Case).values_list("history_type", flat=True)) == {"+"}
    for case in Case.objects.all():
        case.full_clean()
    changed, retired = Case.objects.all()[:2]
    changed.twist = "Ours."
    changed.save()
    retired.retire()
    assert load_cases() == 0
    changed.refresh_from_db()
    assert changed.twist == "Ours."


def test_cases_do_not_return_to_an_installation_that_deleted_them(playbook: None) -> None:
    load_cases()
    for case in Case.objects.all():
        case.delete()
    assert load_cases() == 0


def test_cases_find_their_articles_by_their_keys(playbook: None) -> None:
    """An installation may have imported the article, under another slug, or not have it."""
    load_cases()
    named = {slug: case.slug for case in Case.objects.all() for slug in case.article_slugs}
    known, unknown = list(named)[:2]
    records_of(Case).all().delete()
    Case.objects.all().delete()
    records_of(Case).all().delete()
    Article.objects.filter(slug=known).update(slug="renamed", uuid=uuid4())
    Alias.objects.filter(article__slug=unknown).update(key="url:example.org/other")
    load_cases()
    slugs = {slug for case in Case.objects.all() for slug in case.article_slugs}
    assert slugs == {*named, "renamed"} - {known, unknown}
    index = CaseIndex.of(CatalogSnapshot("any", with_drafts=False))
    titles = [article.slug for article in index.articles_of(index.by_slug[named[known]])]
    assert "renamed" in titles
