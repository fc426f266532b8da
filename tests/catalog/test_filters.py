from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from accounts.models import User
from catalog.filters import EntryFilterForm
from catalog.models import Article, Entry, Section, Status
from catalog.search.facets import Choice
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


def test_the_section_is_searched_with_and_without_its_emoji() -> None:
    section = Section.objects.get(slug="caching")
    Section.objects.filter(pk=section.pk).update(emoji="⚡\ufe0f", title="Caching")
    expected = titles(filter_form("section=caching"))
    assert len(expected) == 4
    for query in ("⚡", "⚡\ufe0f", "⚡ Caching", "⚡\ufe0f caching"):
        assert titles(filter_form(f"q={query}")) == expected
    assert set(expected) < set(titles(filter_form("q=Caching")))


@pytest.mark.parametrize("written", ["nai\u0308ve", "naïve", "ｎａｉｖｅ", "NAIVE"])
@pytest.mark.parametrize("typed", ["nai\u0308ve", "naïve", "ｎａｉｖｅ", "naive"])
def test_spellings_of_a_word_are_alike_in_title_and_text(written: str, typed: str) -> None:
    Entry.objects.filter(title="Payment Wallet").update(what_you_learn=f"A {written} way")
    Entry.objects.filter(title="Ticket Booking System").update(title=f"One {written} try")
    assert len(titles(filter_form(f"q={typed}"))) == 2


def test_exact_matches_come_before_those_with_a_typo_in_every_order() -> None:
    Entry.objects.filter(title="Payment Wallet").update(title="Zebra")
    Entry.objects.filter(title="Ticket Booking System").update(title="Aebra")
    assert titles(filter_form("q=zebra&order=title")) == ["Zebra", "Aebra"]
    assert titles(filter_form("q=aebra&order=title")) == ["Aebra", "Zebra"]
    form = filter_form("q=aebra")
    assert (form.has_only_fuzzy_matches, form.correction) == (False, "")


def test_what_matches_only_with_a_typo_is_shown_and_the_word_suggested() -> None:
    form = filter_form("q=cachng")
    assert titles(form) == titles(filter_form("q=caching"))
    assert (form.has_only_fuzzy_matches, form.correction) == (True, "caching")
    assert form.correction_address == "/articles/?q=caching"


def test_a_correction_keeps_the_other_filters_and_is_made_only_if_it_matches() -> None:
    form = filter_form("layer=data-mastery&q=cahcng&order=title")
    assert (titles(form), form.has_only_fuzzy_matches) == ([], False)
    assert form.correction_address == "/articles/?layer=data-mastery&q=caching&order=title"
    assert filter_form("layer=foundation-layer&q=cahcng").correction == ""


def test_the_public_is_suggested_no_word_of_a_draft(admin_user: User) -> None:
    draft = Status.objects.get(slug="draft")
    Article.objects.filter(slug="payment-wallet").update(status=draft, title="Xylophone")
    assert filter_form("q=xylofone", user=admin_user).correction == "xylophone"
    assert filter_form("q=xylofone").correction == ""


QUERIES = [
    "",
    "layer=data-mastery",
    "layer=data-mastery&layer=scale-reliability&status=published",
    "section=caching&q=cache",
    "q=distributde&order=title",
    "layer=data-mastery&state=done&state=todo",
    "status=planned&state=reading&q=zebra",
]


def with_marks() -> VisitorProgress:
    progress = VisitorProgress(SessionStore())
    for title, state in {
        "Payment Wallet": StateName.DONE,
        "Fan-Out-on-Write (Blueprint)": StateName.DONE,
        "Distributed Cache Invalidation Service": StateName.READING,
    }.items():
        progress.set(Article.objects.get(entries__title=title), state)
    return progress


def choices(form: EntryFilterForm, progress: VisitorProgress) -> dict[str, tuple[Choice, ...]]:
    facets = [
        *form.facets.values(),
        *(
            facet
            for by_reader in form.reader_facets.values()
            if (facet := by_reader.facet(progress, form.snapshot))
        ),
    ]
    return {facet.name: facet.choices for facet in facets}


@pytest.mark.parametrize("query", QUERIES)
def test_each_choice_counts_the_entries_that_it_alone_would_show(query: str) -> None:
    progress = with_marks()
    form = filter_form(query, progress=progress)
    offered = choices(form, progress)
    assert [len(offered[name]) for name in ("layer", "status", "state")] == [4, 3, 4]
    for name, of_field in offered.items():
        for choice in of_field:
            chosen = QueryDict(query, mutable=True)
            chosen.setlist(name, [choice.value])
            alone = filter_form(chosen.urlencode(), progress=progress)
            shown = len(alone.apply())
            assert (name, choice.value, choice.entry_count) == (name, choice.value, shown)
            assert choice.is_chosen == (choice.value in form.values[name])


def test_a_listed_twice_article_counts_as_two_entries_of_its_state() -> None:
    progress = VisitorProgress(SessionStore())
    article = next(
        article for article in Article.objects.all() if article.entries.listed().count() == 2
    )
    progress.set(article, StateName.DONE)
    counts = {c.value: c.entry_count for c in choices(filter_form(""), progress)["state"]}
    assert counts == {"todo": 41, "reading": 0, "done": 2, "skipped": 0}


def test_only_the_sections_of_the_chosen_layers_are_offered() -> None:
    def offered(query: str) -> list[str]:
        return [choice.value for choice in filter_form(query).facets["section"].choices]

    assert len(offered("")) == 12
    assert offered("layer=foundation-layer") == ["fundamentals"]
    in_layers = Section.objects.filter(layer__slug__in=["data-mastery", "foundation-layer"])
    both = list(in_layers.in_journey_order().values_list("slug", flat=True))
    assert offered("layer=data-mastery&layer=foundation-layer") == both
    # One that is chosen stays, so that it can be removed where it was chosen.
    assert offered("layer=foundation-layer&section=caching") == ["fundamentals", "caching"]


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
    for query in ("x" * 201, "a%00b"):
        form = filter_form(f"q={query}")
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
    assert [(filter_.field, filter_.article_count) for filter_ in form.filters_to_drop()] == [
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
