"""Open questions after a merge: each is asked about an article that still exists."""

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.merging import merge_articles
from catalog.models import Article
from catalog.playbook_file.models import OpenQuestion, Revision

pytestmark = pytest.mark.usefixtures("playbook")


@pytest.fixture
def articles(playbook: None) -> list[Article]:
    return list(Article.objects.filter(retired_at=None)[:5])


@pytest.fixture
def revision(editor: User) -> Revision:
    return Revision.objects.create(made_by=editor, applied_at=timezone.now(), catalog_version="x")


def ask(revision: Revision, article: Article, *candidates: Article) -> OpenQuestion:
    question = OpenQuestion.objects.create(revision=revision, article=article)
    question.candidates.set(candidates)
    return question


def waiting() -> list[tuple[Article, set[Article]]]:
    return [(q.article, set(q.candidates.all())) for q in OpenQuestion.objects.waiting()]


def test_merged_candidate_is_replaced_by_the_kept_article(
    articles: list[Article], revision: Revision
) -> None:
    imported, other, duplicate, kept, _last = articles
    ask(revision, imported, other, duplicate)
    merge_articles(kept, duplicate)
    assert waiting() == [(imported, {other, kept})]


def test_question_of_the_duplicate_moves_to_the_kept_article(
    articles: list[Article], revision: Revision
) -> None:
    duplicate, kept, other, *_rest = articles
    ask(revision, duplicate, other)
    merge_articles(kept, duplicate)
    assert waiting() == [(kept, {other})]


def test_questions_of_both_articles_are_joined(articles: list[Article], revision: Revision) -> None:
    duplicate, kept, one, other, _last = articles
    ask(revision, duplicate, one)
    ask(revision, kept, other)
    merge_articles(kept, duplicate)
    assert waiting() == [(kept, {one, other})]


@pytest.mark.parametrize("is_same", [True, False])
def test_dismissed_candidate_is_not_asked_about_again(
    articles: list[Article], revision: Revision, editor: User, is_same: bool
) -> None:
    duplicate, kept, one, dismissed, _last = articles
    ask(revision, duplicate, *([] if is_same else [one]), dismissed)
    ask(revision, kept, dismissed)
    OpenQuestion.objects.filter(article=kept).update(answered_at=timezone.now(), answered_by=editor)
    merge_articles(kept, duplicate)
    assert waiting() == ([] if is_same else [(kept, {one})])
