"""Rows of learners that a process keeps between requests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog import catalog_version
from catalog.models import Article
from playbook.http import HttpRequest
from progress.finishing import Report, finish
from progress.kept_rows import KEPT_ROWS, KeptRows
from progress.learner import LearnerProgress
from progress.notes.models import Note
from progress.states import StateName

DONE, SKIPPED = StateName.DONE, StateName.SKIPPED
OF_LEARNERS = ("progress_state", "progress_completion", "recall_card", "notes_note", "planner_plan")
PAGES = ["/", "/articles/?state=done", "/me/", "/me/recall/", "/today/", "/me/plan/", "/map/"]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements, as they are sent."""
    sent: list[str] = []

    def collect(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        sent.append(sql)
        return execute(sql, *arguments)

    with connection.execute_wrapper(collect):
        yield sent


def tables_read(sent: list[str]) -> set[str]:
    return {table for table in OF_LEARNERS if any(table in sql for sql in sent)}


def page_of(user: User, path: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(path, follow=True).content.decode()


def kept(user: User) -> LearnerProgress:
    """Return the progress as a request that only reads sees it."""
    return LearnerProgress(User.objects.get(pk=user.pk), keeps_rows=True)


@pytest.fixture
def article(playbook: None) -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.mark.parametrize("path", PAGES)
def test_the_second_request_reads_none_of_the_kept_rows(
    learner: User, article: Article, path: str
) -> None:
    finish(LearnerProgress(learner), article, Report("", 20, 2))
    client = Client()
    client.force_login(learner)
    with statements() as sent:
        client.get(path, follow=True)
    assert tables_read(sent)
    with statements() as sent:
        client.get(f"{path}{'&' if '?' in path else '?'}again", follow=True)
    assert not tables_read(sent)


def test_a_write_is_seen_by_the_next_request_of_the_learner(
    learner: User, article: Article
) -> None:
    path = f"/articles/?state={DONE}"
    assert article.title not in page_of(learner, path)
    client = Client()
    client.force_login(learner)
    client.post(f"/articles/{article.slug}/state/", {"state": DONE})
    assert article.title in page_of(learner, path)


def test_the_rows_of_one_learner_never_reach_another(
    learner: User, editor: User, article: Article
) -> None:
    LearnerProgress(learner).set(article, DONE)
    LearnerProgress(editor).set(article, SKIPPED)
    versions = {User.objects.get(pk=user.pk).progress_version for user in (learner, editor)}
    assert len(versions) == 1
    for _ in range(2):
        assert kept(learner).state_of(article.pk) == DONE
        assert kept(editor).state_of(article.pk) == SKIPPED


def test_a_request_at_an_older_version_does_not_get_newer_rows_kept_for_it(
    learner: User, article: Article
) -> None:
    earlier = kept(learner)
    assert earlier.state_of(article.pk) == StateName.TODO
    LearnerProgress(learner).set(article, DONE)
    assert kept(learner).state_of(article.pk) == DONE
    assert earlier.state_of(article.pk) == StateName.TODO


def test_rows_of_a_transaction_that_is_rolled_back_are_not_kept(
    learner: User, article: Article
) -> None:
    with transaction.atomic():
        progress = kept(learner)
        finish(progress, article, Report(minutes=20))
        assert progress.completions
        transaction.set_rollback(True)
    assert not kept(learner).completions


def test_a_request_that_writes_neither_uses_nor_keeps_rows(learner: User, article: Article) -> None:
    client = Client()
    client.force_login(learner)
    client.get("/")
    Note.objects.create(user=learner, article=article, text="Unseen", uuid=uuid4())
    assert article.pk not in kept(learner).articles_with_notes
    response = client.post(f"/articles/{article.slug}/state/", {"state": "unknown"})
    assert article.pk in cast(HttpRequest, response.wsgi_request).progress.articles_with_notes
    assert article.pk not in kept(learner).articles_with_notes


def test_a_new_study_day_reads_the_rows_again(
    learner: User, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    with statements() as sent:
        assert not kept(learner).completions
        assert not kept(learner).completions
    assert sum("progress_completion" in sql for sql in sent) == 1
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    with statements() as sent:
        assert not kept(learner).completions
    assert tables_read(sent) == {"progress_completion"}


def test_a_restored_backup_brings_its_own_rows(learner: User, article: Article) -> None:
    LearnerProgress(learner).set(article, DONE)
    assert kept(learner).state_of(article.pk) == DONE
    # The backup has the same progress version, and other rows.
    article.states.update(state=SKIPPED)
    catalog_version.replace()
    assert kept(learner).state_of(article.pk) == SKIPPED


def test_only_the_learners_who_read_last_are_kept() -> None:
    rows = KeptRows(learners=2)
    first, second = rows.of(1, "a"), rows.of(2, "a")
    first[len], second[len] = 1, 2
    assert rows.of(1, "a") is first
    rows.of(3, "a")
    assert rows.of(1, "a") is first
    assert rows.of(2, "a") == {}


def test_the_rows_of_another_version_are_dropped() -> None:
    rows = KeptRows()
    rows.of(1, "a")[len] = 1
    assert rows.of(1, "b") == {}
    assert rows.of(1, "a") == {}


def test_no_rows_are_kept_at_the_start_of_a_test() -> None:
    assert KEPT_ROWS.of(1, "any") == {}
