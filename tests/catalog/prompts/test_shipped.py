"""The prompts that ship, and how they get into an installation."""

import io
from collections import Counter
from uuid import uuid4

import pytest
from django.core.management import call_command

from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Alias, Article
from catalog.prompts.models import Prompt
from catalog.prompts.shipped import load_prompts
from catalog.shipped import rows_of

pytestmark = pytest.mark.same_everywhere

Content = list[tuple[str, str, int, str]]


def shipped() -> Content:
    rows = rows_of("prompts")
    return [(row["article"][0], row["uuid"], row["number"], row["question"]) for row in rows]


def stored() -> Content:
    values = Prompt.objects.order_by("pk").values_list(
        "article__slug", "uuid", "number", "question"
    )
    return [(slug, str(uuid), number, question) for slug, uuid, number, question in values]


def load_playbook() -> str:
    out = io.StringIO()
    call_command("load_playbook", stdout=out)
    return out.getvalue().strip()


def test_an_empty_installation_gets_the_playbook_with_its_prompts(db: None) -> None:
    assert load_playbook() == "The playbook is loaded: 39 articles."
    assert stored() == shipped()
    records = records_of(Prompt).values_list("history_type", flat=True)
    assert list(records) == ["+"] * len(shipped())
    for prompt in Prompt.objects.select_related("article"):
        prompt.full_clean()
    assert load_playbook() == "The catalogue holds a playbook already; nothing was changed."
    assert stored() == shipped()


def test_an_upgraded_installation_gets_the_prompts_once(playbook: None) -> None:
    count = len(shipped())
    cases, prerequisites = (len(list(rows_of(name))) for name in ("cases", "prerequisites"))
    assert load_playbook() == (
        f"The catalogue holds a playbook already; {count} prompts, {cases} cases and "
        f"{prerequisites} prerequisites were added to it."
    )
    assert stored() == shipped()

    changed, retired = Prompt.objects.all()[:2]
    changed.answer = "Ours."
    changed.save()
    retired.retire()
    assert load_playbook() == "The catalogue holds a playbook already; nothing was changed."
    changed.refresh_from_db()
    retired.refresh_from_db()
    assert (changed.answer, retired.is_retired, Prompt.objects.count()) == ("Ours.", True, count)


def test_prompts_do_not_return_to_an_installation_that_deleted_them(playbook: None) -> None:
    load_prompts()
    for prompt in Prompt.objects.all():
        prompt.delete()
    assert load_prompts() == 0


def test_prompts_find_their_article_by_its_key(playbook: None) -> None:
    """An installation may have imported the article, under another slug, or merged it."""
    wallet = Article.objects.get(slug="payment-wallet")
    Article.objects.filter(pk=wallet.pk).update(slug="purse", title="Purse", uuid=uuid4())
    booking = Article.objects.get(slug="ticket-booking-system")
    forum = Article.objects.get(slug="online-forum-part-1")
    merge_articles(forum, booking)
    unknown = Article.objects.get(slug="content-aggregator-newsarticles")
    Alias.objects.filter(article=unknown).update(key="url:example.org/other")
    load_prompts()

    each = Counter(slug for slug, *_rest in shipped())
    expected = {
        **each,
        "purse": each["payment-wallet"],
        forum.slug: each[forum.slug] + each[booking.slug],
    }
    for slug in ("payment-wallet", booking.slug, unknown.slug):
        del expected[slug]
    assert Counter(slug for slug, *_rest in stored()) == expected
    numbers = list(Prompt.objects.of_article(forum).in_order().values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
