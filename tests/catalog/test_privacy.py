"""Responses to readers who are not editors contain nothing of drafts."""

import re

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Article, Entry, Status

pytestmark = pytest.mark.usefixtures("playbook")


def neighbours(client: Client, article: Article) -> dict[str, str]:
    """Return the addresses of the neighbouring articles, by `prev` and `next`."""
    html = client.get(article.get_absolute_url()).content.decode()
    return dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', html))


@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_the_neighbours_of_a_draft_name_each_other(
    client: Client, learner: User, admin_user: User, who: str
) -> None:
    journey = list(
        dict.fromkeys(entry.article for entry in Entry.objects.listed().in_journey_order())
    )
    before, draft, after = journey[3:6]
    draft.title = "Nobody knows of this yet"
    draft.status = Status.objects.get(slug="draft")
    draft.save()
    draft.entries.update(title=draft.title, what_you_learn="A secret of ours")
    if who == "learner":
        client.force_login(learner)
    assert neighbours(client, before)["next"] == after.get_absolute_url()
    assert neighbours(client, after)["prev"] == before.get_absolute_url()
    for article in (before, after):
        html = client.get(article.get_absolute_url()).content.decode()
        for secret in (draft.title, draft.slug, draft.url, "A secret of ours"):
            assert secret not in html
    client.force_login(admin_user)
    assert neighbours(client, before)["next"] == draft.get_absolute_url()
    assert neighbours(client, after)["prev"] == draft.get_absolute_url()
