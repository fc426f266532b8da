"""Test how the prerequisites that ship get into an installation."""

import pytest
from django.core.management import call_command

from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.prerequisites.models import Prerequisite
from catalog.prerequisites.shipped import load_prerequisites
from catalog.shipped import rows_of
from tests.catalog.prerequisites.conftest import A, B, C, article

pytestmark = pytest.mark.same_everywhere


def shipped() -> list[tuple[str, str, str]]:
    rows = rows_of("prerequisites")
    return [(row["article"][0], row["requires"][0], row["reason"]) for row in rows]


def stored() -> list[tuple[str, str, str]]:
    rows = Prerequisite.objects.order_by("pk")
    return list(rows.values_list("article__slug", "requires__slug", "reason"))


def test_an_empty_installation_gets_them_with_their_history(db: None) -> None:
    call_command("load_playbook")
    assert stored() == shipped()
    kinds = records_of(Prerequisite).values_list("history_type", flat=True)
    assert list(kinds) == ["+"] * len(shipped())
    for row in Prerequisite.objects.select_related("article", "requires"):
        row.full_clean()
    assert load_prerequisites() == 0


def test_what_editors_made_of_them_stays(playbook: None) -> None:
    assert load_prerequisites() == len(shipped())
    Prerequisite.objects.all().delete()
    assert load_prerequisites() == 0


def test_articles_that_are_one_here_neither_repeat_nor_close_a_cycle(playbook: None) -> None:
    """The wallet is the second part here, which would require the first one twice removed."""
    merge_articles(article(A), article("exactly-once-processing-for-distributed-workflows"))
    merge_articles(article(B), article(C))
    load_prerequisites()
    rows = stored()
    assert (B, A, "it needs exactly-once processing to move money once") not in rows
    assert len({row[:2] for row in rows}) == len(rows)
    assert all(article != requires for article, requires, _reason in rows)
    for row in Prerequisite.objects.select_related("article", "requires"):
        row.full_clean()
