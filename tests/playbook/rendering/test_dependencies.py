"""Declared changes reach every reader, and undeclared reads are refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Library, Template
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from catalog.dependencies import CATALOG
from catalog.models import Article
from catalog.snapshot import current
from playbook.http import HttpRequest
from playbook.rendering.dependencies import DAY, READER, TIME_ZONE, Dependency
from playbook.rendering.fragments import CachedFragments, per_user_fragment
from playbook.rendering.guard import (
    PROFILED_RENDERS,
    UndeclaredRead,
    declared,
    guarded,
    profile_again,
)
from playbook.rendering.pages import Viewed, personal_page, shared_page
from playbook.rendering.store import RenderStore
from playbook.urls import urlpatterns as product_urls
from progress.models import State

pytestmark = [pytest.mark.usefixtures("playbook"), pytest.mark.same_everywhere]


@pytest.fixture(autouse=True)
def profiled_from_the_first_render() -> None:
    profile_again()


WALLET = "payment-wallet"
LOCMEM = "django.template.loaders.locmem.Loader"


def finisher_count(slug: str) -> int:
    return State.objects.filter(article__slug=slug, state="done").count()


FINISHERS = Dependency(
    "FINISHERS",
    lambda request: finisher_count(WALLET),
    tables=("progress_state",),
)


@contextmanager
def templates(**sources: str) -> Iterator[None]:
    """Let templates be found by these names, without the product's own."""
    engine = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [(LOCMEM, sources)]},
    }
    with override_settings(TEMPLATES=[engine]):
        yield


def view_showing_finishers(*depends_on: Dependency) -> Callable[..., HttpResponse]:
    """Return a page of an article that shows how many learners finished it."""

    @shared_page("finishers", depends_on=depends_on)
    def finishers(request: HttpRequest) -> Viewed:
        return {"count": finisher_count(WALLET)}

    return finishers


urlpatterns = [
    path("declared/", view_showing_finishers(CATALOG, FINISHERS)),
    path("undeclared/", view_showing_finishers(CATALOG)),
    *product_urls,
]


@pytest.fixture
def finishers_page() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__), templates(finishers="{{ count }} finished"):
        yield


def finish(learner: User) -> None:
    article = Article.objects.get(slug=WALLET)
    State.objects.create(user=learner, article=article, state="done")


@pytest.mark.usefixtures("finishers_page")
def test_a_declared_dependency_reaches_anonymous_visitors(client: Client, learner: User) -> None:
    before = client.get("/declared/")
    assert before.content == b"0 finished"
    finish(learner)
    assert client.get("/declared/").content == b"1 finished"
    after = client.get("/declared/", headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, after.content) == (200, b"1 finished")


@pytest.mark.usefixtures("finishers_page")
def test_a_declared_dependency_reaches_a_conditional_request(client: Client, learner: User) -> None:
    client.force_login(learner)
    before = client.get("/declared/")["ETag"]
    assert client.get("/declared/", headers={"If-None-Match": before}).status_code == 304
    finish(learner)
    after = client.get("/declared/", headers={"If-None-Match": before})
    assert (after.status_code, after.content) == (200, b"1 finished")


@pytest.mark.usefixtures("finishers_page")
def test_an_undeclared_query_of_a_page_is_refused(client: Client) -> None:
    with pytest.raises(UndeclaredRead, match=r"finishers read the table progress_state.*declare"):
        client.get("/undeclared/")


def render(source: str, *depends_on: Dependency, **values: Any) -> str:
    """Render the source as a cached fragment."""
    with templates(fragment=source):
        return CachedFragments(RenderStore(), depends_on, ())("fragment", **values)


def article() -> Article:
    return Article.objects.select_related("status").get(slug=WALLET)


def test_a_fragment_that_queries_is_refused_unless_a_dependency_covers_the_table() -> None:
    example = article()
    with pytest.raises(UndeclaredRead, match=r"fragment read the table progress_state"):
        render("{{ article.states.count }}", CATALOG, article=example)
    assert render("{{ article.aliases.count }}", CATALOG, article=example) == "1"


@pytest.mark.parametrize("source", ["{{ article.title }}", "same"])
def test_a_row_is_refused_as_a_value_unless_a_dependency_covers_its_table(source: str) -> None:
    """A row equals its own later versions, so it would be found under the same key."""
    with pytest.raises(UndeclaredRead, match=r"fragment read article, a row of catalog_article"):
        render(source, article=article())
    assert render("{{ article.slug }}", CATALOG, article=article()) == WALLET


CLOCK = {
    "now": "{% now 'Y' %}",
    "timesince": "{{ then|timesince }}",
    "inside if": "{% if then|timesince and 1 %}a{% endif %}",
}


@pytest.mark.parametrize("source", CLOCK.values(), ids=CLOCK)
def test_a_fragment_that_reads_the_clock_is_refused_unless_it_declares_the_day(source: str) -> None:
    then = datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())
    with pytest.raises(UndeclaredRead, match=r"fragment read the clock.*declare DAY"):
        render(source, CATALOG, TIME_ZONE, then=then)
    assert render(source, DAY, then=then)


def test_a_fragment_that_reads_the_time_zone_is_refused_unless_it_declares_it() -> None:
    then = datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())
    with pytest.raises(UndeclaredRead, match=r"fragment read the current time zone.*TIME_ZONE"):
        render("{{ then|date:'H:i' }}", CATALOG, then=then)
    assert render("{{ then|date:'H:i' }}", TIME_ZONE, then=then) == "00:00"
    assert render("{% load tz %}{{ then|utc|date:'H:i' }}", CATALOG, then=then) == "00:00"


def test_the_first_renders_of_each_name_are_profiled_and_each_again_when_asked() -> None:
    def read_the_clock(name: str) -> None:
        with declared(name, (CATALOG,)):
            timezone.now()

    for name in ("page", "another page"):
        for _render in range(PROFILED_RENDERS):
            with pytest.raises(UndeclaredRead, match=f"{name} read the clock"):
                read_the_clock(name)
        read_the_clock(name)
    profile_again()
    with pytest.raises(UndeclaredRead, match="page read the clock"):
        read_the_clock("page")


def test_a_fragment_is_given_no_request_and_no_user() -> None:
    assert render("{{ request.path }}{{ user.username }}", CATALOG) == ""


@pytest.mark.parametrize("attribute", ["COOKIES", "META", "headers", "session", "user", "progress"])
def test_a_shared_page_is_refused_what_differs_between_requests(
    rf: RequestFactory, attribute: str
) -> None:
    request: Any = rf.get("/")
    with (
        pytest.raises(UndeclaredRead, match=rf"page read request\.{attribute}"),
        declared("page", (CATALOG,)),
    ):
        getattr(guarded(request), attribute)


def test_a_violation_that_a_template_swallows_is_refused_all_the_same(rf: RequestFactory) -> None:
    request: Any = rf.get("/")
    template = Template("{% if request.user.is_staff and 1 %}a{% endif %}")

    def render_page() -> str:
        with declared("page", (CATALOG,)):
            return template.render(Context({"request": guarded(request)}))

    with pytest.raises(UndeclaredRead, match=r"request\.user"):
        render_page()


def test_a_page_has_to_declare_what_its_fragments_depend_on(rf: RequestFactory) -> None:
    library = Library()

    @per_user_fragment(library, READER, TIME_ZONE)
    def local_time(request: HttpRequest) -> str:
        return "now"

    request: Any = rf.get("/")
    with declared("page", (READER, TIME_ZONE)):
        assert local_time(guarded(request)) == "now"
    with (
        pytest.raises(UndeclaredRead, match=r"page read TIME_ZONE through local_time.*TIME_ZONE"),
        declared("page", (READER,)),
    ):
        local_time(guarded(request))


def test_a_cached_fragment_cannot_depend_on_more_than_what_surrounds_it() -> None:
    snapshot = current(AnonymousUser())
    fragments = CachedFragments(snapshot.rendered, (CATALOG,), (snapshot.key,))
    with (
        pytest.raises(UndeclaredRead, match=r"page read CATALOG through .*entry-head"),
        declared("page", (READER,)),
    ):
        fragments("catalog/includes/entry-head.html")


@pytest.fixture
def revision(playbook: None, tmp_path: Path) -> None:
    """Rename an article by a revision."""
    file = tmp_path / "playbook.md"
    text = Client().get("/playbook.md").content.decode()
    file.write_text(text.replace("Payment Wallet", "Wallet for payments"))
    call_command("import_playbook", str(file), verbosity=0)


@pytest.mark.usefixtures("revision")
@pytest.mark.parametrize("address", ["/", "/articles/", "/changes/", f"/articles/{WALLET}/"])
def test_the_time_zone_of_a_visitor_never_reaches_a_shared_page(address: str) -> None:
    far_west, plain = Client(), Client()
    far_west.cookies["time_zone"] = "Pacific/Pago_Pago"
    first = far_west.get(address).content
    assert b"-1100" not in first
    # A revision has a time, in UTC.
    assert b'+0000"' in first or address != "/changes/"
    assert first == plain.get(address).content


def test_queries_outside_of_rendering_are_not_checked(learner: User) -> None:
    wrappers = list(connection.execute_wrappers)
    with declared("page", (READER,)):
        assert not State.objects.filter(user=learner).exists()
    assert connection.execute_wrappers == wrappers
    assert Article.objects.exists()


def test_personal_pages_are_checked_too(client: Client, learner: User) -> None:
    @personal_page("page", depends_on=())
    def page(request: HttpRequest) -> Viewed:
        return {"count": Article.objects.count()}

    request: Any = RequestFactory().get("/")
    request.htmx = None
    with templates(page="{{ count }}"), pytest.raises(UndeclaredRead, match="catalog_article"):
        page(request)


def test_a_page_is_refused_the_details_of_htmx_that_no_key_has(client: Client) -> None:
    @shared_page("page", depends_on=())
    def page(request: HttpRequest) -> Viewed:
        return {"url": request.htmx.current_url}

    request: Any = RequestFactory().get("/", headers={"HX-Request": "true"})
    request.htmx = HtmxDetails(request)
    with templates(page="{{ url }}"), pytest.raises(UndeclaredRead, match=r"htmx\.current_url"):
        page(request)
