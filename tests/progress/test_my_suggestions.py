"""The suggestions on My progress are shown to their own learner only."""

import json
import re
from html import escape, unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog.models import Article, Section, Status
from catalog.suggestions.models import Suggestion
from tests.accounts import passwords

pytestmark = [pytest.mark.usefixtures("playbook"), pytest.mark.same_everywhere]

ME, EXPORT = "/me/", "/me/export.json"
NEW = "https://example.org/how-a-lock-works"


@pytest.fixture
def reader(client: Client, learner: User) -> Client:
    client.force_login(learner)
    passwords.confirm(client)
    return client


def suggested(learner: User, **values: Any) -> Suggestion:
    fields = {"kind": "article", "title": "How a lock works", "url": NEW, **values}
    return Suggestion.objects.create(learner=learner, **fields)


def accepted(learner: User, article: Article, **values: Any) -> Suggestion:
    decided = {"decision": "accepted", "decided_at": timezone.now(), "article": article}
    return suggested(learner, **{**decided, **values})


def panel(client: Client) -> str:
    """Return the suggestions section of My progress."""
    html = client.get(ME).content.decode()
    match = re.search(r'<section id="suggestions".*?</section>', html, re.DOTALL)
    return match[0] if match else ""


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def decide(client: Client, suggestion: Suggestion, verb: str, **data: str) -> None:
    address = f"/admin/suggestions/suggestion/{suggestion.pk}/{verb}/"
    assert client.post(address, data).status_code == 302


def test_my_progress_has_no_suggestions_section_without_suggestions(
    reader: Client, editor: User
) -> None:
    suggested(editor)
    assert panel(reader) == ""


def test_an_open_suggestion_is_labelled_as_open(reader: Client, learner: User) -> None:
    suggested(learner)
    assert "How a lock works An article" in text(panel(reader))
    assert "Waiting for an editor." in text(panel(reader))


def test_each_learner_sees_their_own(reader: Client, learner: User, editor: User) -> None:
    suggested(editor, title="Theirs", notes="A secret of theirs", url=f"{NEW}-2")
    suggested(learner)
    for answer in (panel(reader), reader.get(EXPORT).content.decode()):
        assert "How a lock works" in answer
        assert "Theirs" not in answer
        assert "A secret of theirs" not in answer
    other = Client()
    other.force_login(editor)
    assert "Theirs" in panel(other)
    assert "How a lock works" not in panel(other)


@pytest.mark.parametrize(
    ("verb", "data", "before", "after"),
    [
        ("decline", {"reason": "It is behind a wall."}, "Waiting for", "It is behind a wall."),
        ("accept", {}, "Waiting for", "Accepted. The article is not public at present."),
    ],
)
def test_a_decision_is_shown_immediately(
    reader: Client,
    learner: User,
    editor: User,
    verb: str,
    data: dict[str, str],
    before: str,
    after: str,
) -> None:
    suggestion = suggested(learner)
    first = reader.get(ME)
    same = reader.get(ME, headers={"If-None-Match": first["ETag"]})
    assert same.status_code == 304
    assert before in first.content.decode()
    editing = Client()
    editing.force_login(editor)
    decide(editing, suggestion, verb, **data)
    answer = reader.get(ME, headers={"If-None-Match": first["ETag"]})
    assert answer.status_code == 200
    assert after in answer.content.decode()


def test_an_accepted_suggestion_links_to_its_public_article(reader: Client, learner: User) -> None:
    draft = Status.objects.get(slug="draft")
    article = Article.objects.create(title="The editors' own title", url=NEW, status=draft)
    accepted(learner, article)
    whole = reader.get(ME).content.decode()
    exported = reader.get(EXPORT).content.decode()
    assert "Accepted. The article is not public at present." in text(panel(reader))
    for answer in (whole, exported):
        assert "own title" not in answer
        assert article.slug not in answer
    article.status = Status.objects.get(slug="published")
    article.save()
    link = f'<a href="{article.get_absolute_url()}">{escape(article.title)}</a>'
    assert link in panel(reader)
    assert json.loads(reader.get(EXPORT).content)["suggestions"][0]["article"] == {
        "uuid": str(article.uuid),
        "title": article.title,
        "url": NEW,
    }


def field_values(html: str) -> list[tuple[str, str]]:
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html, re.DOTALL)
    return [(unescape(name), unescape(value)) for name, value in pairs]


@pytest.mark.parametrize("decision", ["waiting", "declined", "accepted"])
@pytest.mark.parametrize("kind", ["article", "correction", "case-study"])
def test_fields_the_learner_filled_in_are_shown(
    reader: Client, learner: User, kind: str, decision: str
) -> None:
    suggested(
        learner,
        kind=kind,
        article=Article.objects.get(slug="payment-wallet") if kind == "correction" else None,
        section=Section.objects.get(slug="caching"),
        notes="It is clear,\nand short.",
        decision=decision,
        decided_at=None if decision == "waiting" else timezone.now(),
    )
    html = panel(reader)
    title = [("Title", "How a lock works")] if kind == "correction" else []
    assert field_values(html) == [
        *title,
        ("Address", NEW),
        ("Section", Section.objects.get(slug="caching").title),
        ("Notes", "It is clear,<br>and short."),
    ]
    heading = re.search(r'<p class="row-title">(.*?)</p>', html)
    assert heading
    wallet = Article.objects.get(slug="payment-wallet").title
    assert unescape(heading[1]) == (wallet if kind == "correction" else "How a lock works")


def test_empty_fields_are_not_shown(reader: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    suggested(learner, kind="correction", title="", url="", article=wallet, notes="A word.")
    assert field_values(panel(reader)) == [("Notes", "A word.")]


@pytest.mark.parametrize("decision", ["waiting", "declined"])
def test_a_correction_does_not_name_an_article_that_became_a_draft(
    reader: Client, learner: User, decision: str
) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    decided_at = None if decision == "waiting" else timezone.now()
    fields = {"decision": decision, "decided_at": decided_at, "reason": "No."}
    suggested(learner, kind="correction", title="", url="", article=wallet, **fields)
    assert wallet.title in unescape(panel(reader))
    Article.objects.update(title="Nobody knows", status=Status.objects.get(slug="draft"))
    assert text(panel(reader)).startswith("My suggestions A correction A correction")
    for answer in (reader.get(ME), reader.get(EXPORT)):
        assert "Nobody knows" not in answer.content.decode()


def test_typed_text_is_escaped(reader: Client, learner: User) -> None:
    evil = "<script>alert(1)</script>"
    fields = {"decision": "declined", "decided_at": timezone.now(), "reason": evil}
    suggested(learner, title=evil, **fields)
    html = panel(reader)
    assert evil not in html
    assert html.count(escape(evil)) == 2


def test_query_count_does_not_depend_on_the_suggestions(reader: Client, learner: User) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(path).status_code == 200
        return len(queries)

    articles = list(Article.objects.all()[:10])
    section = Section.objects.get(slug="caching")
    accepted(learner, articles[0], section=section)
    reader.get(ME)
    few = {path: count(path) for path in (ME, EXPORT)}
    for article in articles:
        accepted(learner, article, section=section)
        suggested(learner, kind="correction", title="", article=article)
    assert {path: count(path) for path in (ME, EXPORT)} == few


def test_the_export_contains_each_suggestion_and_its_decision(
    reader: Client, learner: User
) -> None:
    section = Section.objects.get(slug="caching")
    decided_at = timezone.now()
    suggestion = suggested(
        learner,
        kind="case-study",
        section=section,
        notes="It is clear.",
        decision="declined",
        decided_at=decided_at,
        reason="It is behind a wall.",
    )
    [exported] = json.loads(reader.get(EXPORT).content)["suggestions"]
    assert exported.pop("suggested_at")[:19] == suggestion.suggested_at.isoformat()[:19]
    assert exported.pop("decided_at")[:19] == decided_at.isoformat()[:19]
    assert exported == {
        "uuid": str(suggestion.uuid),
        "kind": "case-study",
        "title": "How a lock works",
        "url": NEW,
        "article": None,
        "section": "caching",
        "notes": "It is clear.",
        "decision": "declined",
        "reason": "It is behind a wall.",
    }


def test_deleting_an_account_deletes_suggestions_but_no_article(
    reader: Client, learner: User, editor: User
) -> None:
    article = Article.objects.create(
        title="Locks", url=NEW, status=Status.objects.get(slug="published")
    )
    accepted(learner, article)
    suggested(learner, url=f"{NEW}-2")
    kept = suggested(editor)
    page = text(reader.get("/accounts/delete/").content.decode())
    assert "2 suggestions you made" in page
    reader.post("/accounts/delete/", {"password": "a-learner's-password"})
    assert list(Suggestion.objects.all()) == [kept]
    assert Article.objects.filter(url=NEW).exists()
