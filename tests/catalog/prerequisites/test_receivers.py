"""Merging two articles moves what they require, and what requires them."""

from collections.abc import Callable

from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.prerequisites.models import Prerequisite
from tests.catalog.prerequisites.conftest import A, B, C, D, article

Require = Callable[..., Prerequisite]


def current() -> list[tuple[str, str]]:
    rows = Prerequisite.objects.current().order_by("pk")
    return list(rows.values_list("article__slug", "requires__slug"))


def why(row: Prerequisite) -> str:
    newest = records_of(Prerequisite).filter(id=row.pk).first()
    return newest.history_change_reason or ""


def test_both_sides_move_to_the_article_that_is_kept(require: Require) -> None:
    row = require(B, A)
    require(D, B)
    merge_articles(article(C), article(B))
    assert current() == [(C, A), (D, C)]
    newest = records_of(Prerequisite).filter(id=row.pk).first()
    assert (newest.article_id, newest.history_type) == (article(C).pk, "~")


def test_what_would_require_itself_or_repeat_another_is_retired(require: Require) -> None:
    own, same = require(C, B), require(B, A, "it needs the second reason")
    require(C, A, "it needs the first reason")
    merge_articles(article(C), article(B))
    assert current() == [(C, A)]
    assert Prerequisite.objects.current().get().reason == "it needs the first reason"
    assert why(own) == "After the merge it would require itself."
    assert why(same) == "After the merge another prerequisite says the same."


def test_what_would_close_a_cycle_is_retired(require: Require) -> None:
    require(C, D)
    closing = require(D, B)
    merge_articles(article(C), article(B))
    assert current() == [(C, D)]
    assert why(closing) == "After the merge it would close a cycle."


def test_a_retired_prerequisite_comes_back_with_what_the_duplicate_says(require: Require) -> None:
    require(C, A).retire()
    require(B, A, "it needs the duplicate's reason")
    require(B, D).retire()
    merge_articles(article(C), article(B))
    assert current() == [(C, A)]
    assert Prerequisite.objects.current().get().reason == "it needs the duplicate's reason"
    assert Prerequisite.objects.filter(article=article(C), requires=article(D)).exists()
