"""Articles that became drafts stay in the history of their learners and appear nowhere else."""

import json
import re

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article, Entry, Status
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.states import StateName
from tests.accounts import passwords

pytestmark = pytest.mark.usefixtures("playbook")

HTMX = {"HX-Request": "true"}
SECRET = "https://example.org/not-announced-yet"


@pytest.fixture
def wallet() -> Article:
    return Article.objects.get(slug="payment-wallet")


def become_draft(article: Article) -> None:
    article.status = Status.objects.get(slug="draft")
    article.url = SECRET
    article.save()


def without_tokens(html: str, slug: str) -> str:
    """Return the page without random tokens and without the requested slug."""
    once = r'value="\w{64}"|"X-CSRFToken": "\w+"|<code>[0-9a-f]{16}</code>'
    return re.sub(once, "", html).replace(slug, "SLUG")


@pytest.mark.parametrize("who", ["visitor", "learner"])
@pytest.mark.parametrize("action", ["open", "state"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_draft_looks_like_a_missing_page(
    client: Client, learner: User, wallet: Article, who: str, action: str, headers: dict[str, str]
) -> None:
    if who == "learner":
        User.objects.update(marks_reading_on_open=True)
        client.force_login(learner)
    become_draft(wallet)
    answers = [
        client.post(f"/articles/{slug}/{action}/", {"state": "done"}, headers=headers)
        for slug in (wallet.slug, "never-was")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    draft, nothing = (
        without_tokens(answer.content.decode(), slug)
        for answer, slug in zip(answers, (wallet.slug, "never-was"), strict=True)
    )
    assert draft == nothing
    assert not State.objects.exists()
    assert "progress" not in client.session


def test_an_editor_opens_a_draft(client: Client, admin_user: User, wallet: Article) -> None:
    become_draft(wallet)
    client.force_login(admin_user)
    page = client.post(f"/articles/{wallet.slug}/open/").content.decode()
    assert f'href="{SECRET}"' in page


def test_a_state_change_returns_no_fragment_of_a_hidden_section(
    client: Client, learner: User, wallet: Article
) -> None:
    """A learner can still undo a change of an article that became a draft."""
    change = LearnerProgress(learner).set(wallet, StateName.DONE)
    become_draft(wallet)
    entry = Entry.objects.select_related("section__layer").get(article=wallet)
    entry.title = "Nobody knows of this yet"
    entry.save()
    section, layer = entry.section.slug, entry.section.layer.slug
    fragment_ids = [f"state-{entry.pk}", f"outline-{section}", f"section-{section}"]
    fragment_ids += [f"journey-{layer}", f"layer-{layer}"]
    client.force_login(learner)
    html = client.post(
        f"/events/{change.event_id}/undo/", {"shown": " ".join(fragment_ids)}, headers=HTMX
    ).content.decode()
    assert re.findall(r'id="([^"]+)"[^>]* hx-swap-oob=', html) == ["announcement"]
    for secret in (entry.title, SECRET):
        assert secret not in html
    assert Event.objects.count() == 2


def test_the_export_contains_no_hidden_link(client: Client, learner: User, wallet: Article) -> None:
    progress = LearnerProgress(learner)
    progress.set(wallet, StateName.DONE)
    become_draft(wallet)
    retired = Article.objects.exclude(pk=wallet.pk).exclude(url="")[0]
    progress.set(retired, StateName.READING)
    retired.retire()
    client.force_login(learner)
    passwords.confirm(client)
    body = client.get("/me/export.json").content.decode()
    assert SECRET not in body
    export = json.loads(body)
    for part in ("states", "events"):
        links = {row["article"]["title"]: row["article"]["url"] for row in export[part]}
        assert links == {wallet.title: "", retired.title: retired.url}
