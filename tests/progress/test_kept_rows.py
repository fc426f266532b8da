"""Rows of learners that a process keeps between requests."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, cast
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

import progress as progress_app
from accounts.models import User
from catalog import catalog_version
from catalog.merging import merge_articles
from catalog.models import Article
from catalog.prompts.models import Prompt
from playbook.http import HttpRequest
from progress.finishing import Report, finish
from progress.kept_rows import KEPT_ROWS, KeptRows, Reading, Rows
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.notes.models import Note
from progress.reader import ReaderGone
from progress.recall.models import Rating, Review
from progress.recall.reviewing import review_card
from progress.recall.sql import StoredCard
from progress.sql import states_of
from progress.state_write import StateWrite
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


def test_an_article_whose_report_was_moved_while_its_page_was_read_is_shown(
    learner: User, article: Article
) -> None:
    finish(LearnerProgress(learner), article, Report("A point", 20, 2))
    assert "A point" in page_of(learner, article.get_absolute_url())
    Completion.objects.all().delete()
    page = page_of(learner, f"{article.get_absolute_url()}?again")
    assert article.title in page
    assert "A point" not in page


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


def add(kept: KeptRows, learner: int, rows: int) -> Rows:
    """Let a request of the learner read so many rows."""
    known = kept.of(learner, "a")
    known[states_of] = dict.fromkeys(range(rows), "done")
    kept.count(learner, known)
    return known


def test_only_the_learners_who_read_last_are_kept() -> None:
    kept = KeptRows(most=25)
    first, second = add(kept, 1, 10), add(kept, 2, 10)
    assert kept.of(1, "a") is first
    third = add(kept, 3, 10)
    assert kept.of(1, "a") is first
    assert kept.of(3, "a") is third
    assert kept.of(2, "a") is not second


def test_rows_that_are_read_again_count_once() -> None:
    kept = KeptRows(most=25)
    first = add(kept, 1, 10)
    for version in range(5):
        kept.put(2, version, {states_of: dict.fromkeys(range(10))})
    kept.count(2, {states_of: dict.fromkeys(range(100))})
    assert kept.of(1, "a") is first


def test_a_learner_with_more_rows_than_are_kept_reads_them_each_time() -> None:
    kept = KeptRows(most=25)
    assert add(kept, 1, 100)
    assert kept.of(1, "a") == {}


@pytest.mark.parametrize(("most", "read_again"), [(4, 0), (3, 2)])
def test_each_request_counts_the_rows_that_it_reads(
    learner: User, article: Article, monkeypatch: pytest.MonkeyPatch, most: int, read_again: int
) -> None:
    finish(LearnerProgress(learner), article, Report(minutes=20))
    monkeypatch.setattr(KEPT_ROWS, "most", most)
    for expected in (2, read_again):
        with statements() as sent:
            progress = kept(learner)
            assert progress.completions
            assert progress.states
        assert len(tables_read(sent)) == expected


def test_the_rows_of_another_version_are_dropped() -> None:
    rows = KeptRows()
    rows.of(1, "a")[states_of] = {}
    assert rows.of(1, "b") == {}
    assert rows.of(1, "a") == {}


def test_no_rows_are_kept_at_the_start_of_a_test() -> None:
    assert KEPT_ROWS.of(1, "any") == {}


def readings() -> dict[str, Reading[Any]]:
    """Return every function that reads kept rows, by its name."""
    modules = [
        import_module(module.name) for module in walk_packages(progress_app.__path__, "progress.")
    ]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Reading)
    }


def test_a_reading_declares_the_tables_of_its_statements(learner: User, article: Article) -> None:
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    for name, read in readings().items():
        with statements() as sent:
            read(learner)
        read_from = {table for table in tables for sql in sent if re.search(rf"\b{table}\b", sql)}
        assert read.tables == read_from, name


def comparable(rows: Any) -> Any:
    """Return the rows with their UUIDs as such, which SQLite returns as text."""
    if isinstance(rows, list) and all(isinstance(row, StoredCard) for row in rows):
        return [row._replace(uuid=row.key) for row in rows]
    return rows


def assert_rows_are_right(user: User) -> None:
    for name, read in readings().items():
        assert comparable(kept(user).rows(read)) == comparable(read(user)), name


def test_what_a_write_leaves_is_what_the_database_has(
    transactional_db: None, learner: User, article: Article
) -> None:
    """Each write is of a process that has read everything before."""
    other = Article.objects.get(slug="client-side-caching-with-etag-validation")
    keys = [
        Prompt.objects.create(article=article, number=number, question="Why?", answer="So.").uuid
        for number in range(3)
    ]
    client = Client()
    client.force_login(learner)
    set_state, finished = f"/articles/{article.slug}/state/", f"/articles/{article.slug}/finish/"
    tomorrow = timezone.localdate() + timedelta(days=1)
    plan = {"begins_on": tomorrow, "practice_per_week": "1", "practice_minutes": "45"}
    plan |= {f"minutes_{day}": "30" for day in range(7)}
    operations = [str(uuid4()) for _key in keys]
    reviews = [
        ("/me/recall/review/", {"card": key, "operation": operation, "rating": rating})
        for key, operation, rating in zip(keys, operations, (1, 3, 4), strict=False)
    ]
    for path, data in [
        (set_state, {"state": "reading"}),
        (set_state, {"state": "reading"}),
        (finished, {"key_points": "A point", "minutes": "20", "confidence": "2"}),
        *reviews,
        reviews[0],
        (f"/me/recall/reviews/{operations[1]}/undo/", {}),
        (f"/articles/{other.slug}/state/", {"state": "done"}),
        (f"/articles/{article.slug}/note/", {"text": "A note", "version": "0", "number": "1"}),
        ("/me/plan/edit/", plan),
        ("/me/items/add/", {"title": "A talk", "minutes": "20", "operation": str(uuid4())}),
        (set_state, {"state": "reading"}),
        (set_state, {"state": "todo"}),
    ]:
        assert_rows_are_right(learner)
        response = client.post(path, data)
        assert response.status_code < 400, (path, response.content)
        assert_rows_are_right(learner)


def test_a_write_keeps_what_it_did_not_change(
    transactional_db: None, learner: User, article: Article
) -> None:
    progress = kept(learner)
    assert not progress.completions
    progress.set(article, DONE)
    with statements() as sent:
        progress = kept(learner)
        assert not progress.completions
        assert progress.state_of(article.pk) == DONE
    assert not tables_read(sent)


def test_a_write_sees_what_another_process_wrote_since_the_account_was_read(
    transactional_db: None, learner: User, article: Article
) -> None:
    progress = kept(learner)
    assert progress.state_of(article.pk) == StateName.TODO
    elsewhere = LearnerProgress(User.objects.get(pk=learner.pk))
    elsewhere.set(article, DONE)
    finish(elsewhere, article, Report(minutes=20))
    KEPT_ROWS.clear()
    assert progress.set(article, SKIPPED).before == DONE
    assert progress.completions
    assert_rows_are_right(learner)


def test_a_short_write_reads_before_its_transaction(
    transactional_db: None, learner: User, article: Article
) -> None:
    prompt = Prompt.objects.create(article=article, number=1, question="Why?", answer="So.")
    sent: list[str] = []

    def collect(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if connection.in_atomic_block and sql.startswith("SELECT"):
            sent.append(sql)
        return execute(sql, *arguments)

    with connection.execute_wrapper(collect):
        kept(learner).set(article, DONE)
        review_card(kept(learner), prompt.uuid, Rating.GOOD, uuid4())
    # Articles are locked before the learner, as by a merge.
    assert {sql.partition(" WHERE ")[0] for sql in sent} == {
        "SELECT id, coalesce(merged_into_id, id) FROM catalog_article"
    }


class Overtaken(StateWrite):
    """A change of state before which somebody else writes, after it was prepared."""

    def __init__(self, *arguments: Any, overtakes: Callable[[], object]) -> None:
        super().__init__(*arguments)
        self.overtakes = [overtakes]

    def prepare(self) -> None:
        super().prepare()
        while self.overtakes:
            self.overtakes.pop()()


@pytest.mark.parametrize("has_state", [False, True])
def test_a_change_is_prepared_again_if_a_merge_overtakes_it(
    transactional_db: None, learner: User, article: Article, has_state: bool
) -> None:
    other = Article.objects.get(slug="client-side-caching-with-etag-validation")
    LearnerProgress(learner).set(other, SKIPPED)
    if has_state:
        LearnerProgress(learner).set(article, StateName.READING)
    progress = kept(learner)
    write = Overtaken(
        progress, article, DONE, None, overtakes=partial(merge_articles, other, article)
    )
    progress.write(write)
    before = StateName.READING if has_state else SKIPPED
    assert (write.change.article, write.change.before) == (other, before)
    assert states_of(learner) == {other.pk: DONE}
    assert_rows_are_right(learner)


def test_a_change_is_prepared_again_if_another_one_overtakes_it(
    transactional_db: None, learner: User, article: Article
) -> None:
    progress, elsewhere = kept(learner), LearnerProgress(learner)
    overtakes = partial(elsewhere.set, article, StateName.READING)
    write = Overtaken(progress, article, SKIPPED, None, overtakes=overtakes)
    progress.write(write)
    assert write.change.before == StateName.READING
    assert_rows_are_right(learner)


def test_a_card_whose_article_was_finished_since_the_account_was_read_can_be_rated(
    transactional_db: None, learner: User, article: Article
) -> None:
    prompt = Prompt.objects.create(article=article, number=1, question="Why?", answer="So.")
    progress = kept(learner)
    assert not progress.states
    finish(LearnerProgress(learner), article, Report(minutes=20))
    review_card(progress, prompt.uuid, Rating.GOOD, uuid4())
    assert Review.objects.count() == 1
    assert_rows_are_right(learner)


def test_a_rating_of_an_account_that_was_deleted_is_refused_as_such(
    transactional_db: None, learner: User, article: Article
) -> None:
    prompt = Prompt.objects.create(article=article, number=1, question="Why?", answer="So.")
    progress = kept(learner)
    User.objects.filter(pk=learner.pk).delete()
    with pytest.raises(ReaderGone):
        review_card(progress, prompt.uuid, Rating.GOOD, uuid4())
