from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article, Entry, Status
from progress.models import State
from progress.project_metrics.models import RepositoryFigures, Summary

pytestmark = pytest.mark.usefixtures("playbook")


def test_figures_are_those_of_a_recount(client: Client, learner: User, editor: User) -> None:
    first, second, hidden = Entry.objects.listed().in_journey_order()[:3]
    old = timezone.now() - timedelta(days=8)
    State.objects.create(user=learner, article=first.article, state="done")
    State.objects.create(user=editor, article=first.article, state="done")
    State.objects.create(user=learner, article=second.article, state="done", changed_at=old)
    State.objects.create(user=editor, article=second.article, state="reading")
    State.objects.create(user=learner, article=hidden.article, state="done")
    draft = Status.objects.create(slug="secret", label="Secret", is_public=False)
    Article.objects.filter(pk=hidden.article_id).update(status=draft)
    call_command("refresh_metrics")
    summary = Summary.objects.get()
    assert (summary.learners, summary.finished, summary.finished_this_week) == (2, 3, 2)
    assert summary.most_finished == [[first.article_id, 2], [second.article_id, 1]]
    for reader in (None, editor):
        if reader:
            client.force_login(reader)
        response = client.get("/metrics/")
        page = response.content.decode()
        entries = Entry.objects.listed().public()
        articles = entries.values("article").distinct().count()
        assert f"{entries.count()} entries of {articles} articles." in page
        assert first.article.title in page
        assert hidden.article.title not in page
        assert "Secret" not in page
        assert "As of" in page
    # What is retired after the last count is not shown either.
    first.article.retire()
    assert first.article.title not in client.get("/metrics/").content.decode()


def test_page_costs_few_queries_and_sets_no_cookie(
    client: Client, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/metrics/")
    for entry in Entry.objects.listed():
        State.objects.get_or_create(user=learner, article=entry.article, state="done")
    call_command("refresh_metrics")
    with django_assert_num_queries(4):  # the stamp twice, the summary, the days of visitors
        response = client.get("/metrics/")
    assert not response.cookies
    assert response["Cache-Control"] == "private, no-store"


@pytest.fixture
def api() -> Iterator[HTTPServer]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_known = self.path == "/repos/owner/name"
            self.send_response(200 if is_known else 404)
            self.end_headers()
            self.wfile.write(b'{"stargazers_count": 123, "forks_count": 45}')

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_repository_figures(client: Client, settings: LazySettings, api: HTTPServer) -> None:
    address = f"--api=http://127.0.0.1:{api.server_port}"
    with pytest.raises(CommandError, match="METRICS_REPOSITORY is empty"):
        call_command("fetch_repository_figures", address)
    settings.METRICS_REPOSITORY = "owner/name"
    assert "Repository" not in client.get("/metrics/").content.decode()
    call_command("fetch_repository_figures", address)
    assert "<dd>123</dd>" in client.get("/metrics/").content.decode()
    with pytest.raises(CommandError, match="the old ones stay"):
        call_command("fetch_repository_figures", f"{address}/elsewhere")
    kept = RepositoryFigures.objects.get()
    assert (kept.stars, kept.forks) == (123, 45)
