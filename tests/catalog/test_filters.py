from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from accounts.models import User
from catalog.filters import EntryFilterForm
from catalog.models import Article, Entry, Status
from catalog.snapshot import current
from progress.sessions import SessionStore
from progress.states import StateName
from progress.visitor import VisitorProgress

pytestmark = pytest.mark.usefixtures("playbook")


def filter_form(query: str, user: Any = None, progress: Any = None) -> EntryFilterForm:
    progress = progress or VisitorProgress(SessionStore())
    snapshot = current(user or AnonymousUser())
    return EntryFilterForm(QueryDict(query), snapshot=snapshot, progress=progress)


def titles(form: EntryFilterForm) -> list[str]:
    return [place.entry.title for place in form.apply()]


def test_values_of_one_field_widen_and_fields_narrow_the_result() -> None:
    form = filter_form("section=caching&section=security&q=cache")
    assert titles(form) == [
        "Distributed Cache Invalidation Service",
        "Cluster-Wide Cache Warm-Up Service",
        "Read-Heavy Service w/ Regional Cache Replicas",
    ]


def test_a_search_requires_every_word() -> None:
    assert titles(filter_form("q=fan-out mobile")) == [
        "Scaling Notification Fan-Out to 10M Devices"
    ]
    assert titles(filter_form("q=FAN-OUT++zebra")) == []


def test_a_percent_sign_is_no_wildcard() -> None:
    assert titles(filter_form("q=%25")) == []
    assert titles(filter_form("q=_")) == []


def test_layers_are_those_of_the_sections() -> None:
    assert titles(filter_form("layer=foundation-layer")) == [
        "Unlocking Scalability: Building Blocks (p1)",
        "Unlocking Scalability: Advanced Blocks (p2)",
        "Beyond Resilience: Operational Blocks (p3)",
    ]


def test_entries_are_sorted_by_each_order() -> None:
    by_title = titles(filter_form("section=caching&order=title"))
    assert by_title == sorted(by_title, key=str.lower)
    newest = Article.objects.get(slug="payment-wallet")
    Article.objects.exclude(pk=newest.pk).update(added_at="2020-01-01T00:00Z")
    assert titles(filter_form("order=newest"))[0] == "Payment Wallet"


def test_a_visitor_can_filter_by_state() -> None:
    progress = VisitorProgress(SessionStore())
    progress.set(Article.objects.get(slug="payment-wallet"), StateName.DONE)
    progress.set(Article.objects.get(slug="ticket-booking-system"), StateName.READING)
    query = "section=domain-case-studies&state="
    assert titles(filter_form(f"{query}done&state=reading", progress=progress)) == [
        "Payment Wallet",
        "Ticket Booking System",
    ]
    assert titles(filter_form(f"{query}todo", progress=progress)) == [
        "Content Aggregator (News/Articles)",
        "Online Forum (Part 1)",
    ]


def test_only_editors_can_filter_by_draft_status(admin_user: User) -> None:
    Article.objects.filter(slug="payment-wallet").update(status=Status.objects.get(slug="draft"))
    assert titles(filter_form("status=draft", user=admin_user)) == ["Payment Wallet"]
    public = filter_form("status=draft")
    assert [item.value for item in public.ignored] == ["draft"]


def test_an_invalid_value_is_reported_and_the_others_apply() -> None:
    form = filter_form("layer=nope&layer=foundation-layer&order=upwards&page=x&state=%00")
    assert titles(form) == titles(filter_form("layer=foundation-layer"))
    assert [(item.field, item.value) for item in form.ignored] == [
        ("Layer", "nope"),
        ("My state", "\0"),
        ("Order", "upwards"),
        ("Page", "x"),
    ]


def test_a_search_that_is_too_long_or_contains_nul_is_ignored() -> None:
    for words in ("x" * 201, "a%00b"):
        form = filter_form(f"q={words}")
        assert len(titles(form)) == 43
        assert [item.field for item in form.ignored] == ["Search"]


def test_the_query_string_is_canonical() -> None:
    form = filter_form("order=journey&q=&state=done&layer=data-mastery&layer=data-mastery&page=1")
    assert form.query_string() == "layer=data-mastery&state=done"
    assert filter_form("order=title&q=+a++b+").query_string(page=2) == "q=a+b&order=title&page=2"


def test_each_chip_links_to_the_page_without_its_value() -> None:
    chips = filter_form("layer=data-mastery&state=done&state=reading&q=cache").chips
    assert [(chip.field, chip.label, chip.query_string) for chip in chips] == [
        ("Layer", "Data Mastery", "state=reading&state=done&q=cache"),
        ("My state", "Reading", "layer=data-mastery&state=done&q=cache"),
        ("My state", "Done", "layer=data-mastery&state=reading&q=cache"),
        ("Search", "cache", "layer=data-mastery&state=reading&state=done"),
    ]


def test_an_empty_result_suggests_filters_to_drop() -> None:
    form = filter_form("section=security&q=key&status=planned")
    assert titles(form) == []
    assert [(filter_.field, filter_.articles) for filter_ in form.filters_to_drop()] == [
        ("Status", 1)
    ]


def test_a_page_has_fifty_entries() -> None:
    section = Entry.objects.listed().in_journey_order()[0].section
    status = Status.objects.get(slug="published")
    for number in range(60):
        article = Article.objects.create(title=f"More {number}", status=status)
        Entry.objects.create(section=section, article=article, number=number, title=f"{number}")
    form = filter_form("page=3")
    page = form.page_of(form.apply())
    assert (page.number, len(page), page.paginator.num_pages) == (3, 3, 3)
    beyond = filter_form("page=99")
    assert beyond.page_of(beyond.apply()).number == 3
