import re
from contextlib import AbstractContextManager

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article, Entry, Layer, Section, Status
from progress.models import Event, State
from progress.sessions import SessionStore

pytestmark = pytest.mark.usefixtures("playbook")

WALLET = "/articles/payment-wallet/"
HTMX = {"HX-Request": "true"}
RESULT_COUNT = re.compile(
    r'class="result-count"[^>]*>\s*(?:(\d+) entries, )?(\d+) articles?(?: in (\d+) places)?'
)
DEEP_DIVE = "Deep Dive into 1M RPS API Design"


@pytest.fixture(params=["visitor", "learner"])
def reader(request: pytest.FixtureRequest, client: Client, learner: User) -> Client:
    if request.param == "learner":
        client.force_login(learner)
    return client


def shown_on(client: Client, path: str) -> str:
    """Return the ids that static/js/marks.js sends: of the elements that show progress."""
    html = client.get(path).content.decode()
    ids = re.findall(r'<\w+ id="([^"]+)"[^>]* data-progress', html)
    assert ids
    return " ".join(ids)


def pressed(html: str) -> dict[str, str]:
    """Return the state that the menu of each row shows, by the id of the row."""
    groups = re.findall(r'<div id="choices-(\d+)".*?</div>', html, re.DOTALL)
    menus = re.findall(r'<div id="choices-\d+"(.*?)</div>', html, re.DOTALL)
    states = [re.findall(r'value="(\w+)" aria-pressed="true"', menu) for menu in menus]
    return {f"state-{pk}": state for pk, (state,) in zip(groups, states, strict=True)}


def swapped(html: str) -> list[str]:
    return re.findall(r'id="([^"]+)"[^>]* hx-swap-oob=', html)


def test_a_change_without_javascript_returns_to_the_same_row(reader: Client) -> None:
    entry = Entry.objects.get(article__slug="payment-wallet")
    response = reader.post(
        f"{WALLET}state/?spot=entry-{entry.pk}",
        {"state": "done", "next": "/?layer=domain-expertise"},
    )
    assert response.status_code == 302
    assert response["Location"] == f"/?layer=domain-expertise#entry-{entry.pk}"
    page = reader.get("/?layer=domain-expertise").content.decode()
    assert pressed(page)[f"state-{entry.pk}"] == "done"
    assert "Payment Wallet: Done" in page


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_a_change_never_redirects_to_another_site(reader: Client, target: str) -> None:
    response = reader.post(f"{WALLET}state/", {"state": "done", "next": target})
    assert response["Location"] == WALLET


def test_a_spot_is_a_name_only(reader: Client) -> None:
    response = reader.post(f"{WALLET}state/?spot=%0d%0aX:y", {"state": "done", "next": "/"})
    assert response["Location"] == "/"


def test_an_article_listed_twice_changes_in_both_places(reader: Client) -> None:
    article = Article.objects.get(entries__title=DEEP_DIVE)
    reader.post(f"{article.get_absolute_url()}state/", {"state": "done"})
    states = pressed(reader.get("/").content.decode())
    done = {control for control, state in states.items() if state == "done"}
    assert done == {f"state-{entry.pk}" for entry in article.entries.all()}
    assert len(done) == 2


def test_htmx_gets_every_stale_part_of_the_roadmap(reader: Client) -> None:
    article = Article.objects.get(entries__title=DEEP_DIVE)
    controls = [f"state-{entry.pk}" for entry in article.entries.all()]
    shown = shown_on(reader, "/")
    response = reader.post(
        f"{article.get_absolute_url()}state/", {"state": "done", "shown": shown}, headers=HTMX
    )
    is_learner = "_auth_user_id" in reader.session
    choices = [name.replace("state-", "choices-") for name in controls]
    assert sorted(swapped(response.content.decode())) == sorted(
        [
            *controls,
            *choices,
            "overall",
            "outline-database-design",
            "outline-load-balancing",
            "section-database-design",
            "section-load-balancing",
            "tab-figure-data-mastery",
            "tab-figure-scale-reliability",
            "announcement",
            *(["recall-count"] if is_learner else []),
        ]
    )


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/?layer=foundation-layer", ["announcement", "tab-figure-domain-expertise"]),
        ("/sections/domain-case-studies/", ["announcement", "section-domain-case-studies"]),
        ("/articles/?q=wallet", ["announcement"]),
        (WALLET, ["announcement", "article-state", "article-history", "article-changes"]),
    ],
)
def test_htmx_gets_no_part_that_the_page_does_not_show(
    reader: Client, path: str, parts: list[str]
) -> None:
    response = reader.post(
        f"{WALLET}state/", {"state": "done", "shown": shown_on(reader, path)}, headers=HTMX
    )
    names = set(swapped(response.content.decode()))
    on_page = set(re.findall(r'id="([^"]+)"', reader.get(path).content.decode()))
    assert set(parts) <= names <= on_page


def numbers_of(html: str, part: str) -> list[str]:
    """Return the numbers that one part of the page shows, in order."""
    end = "</section>" if part == "overall" else "</(?:section|p|div|span)>"
    match = re.search(rf'id="{part}".*?{end}(?:\s*</div>)?', html, re.DOTALL)
    assert match, part
    return re.findall(r"\d+", re.sub(r"<[^>]+>", " ", match[0]))


@pytest.mark.parametrize("state", ["reading", "done", "skipped"])
def test_the_swapped_numbers_are_those_of_a_fresh_page(reader: Client, state: str) -> None:
    article = Article.objects.get(entries__title=DEEP_DIVE)
    answer = reader.post(
        f"{article.get_absolute_url()}state/",
        {"state": state, "shown": shown_on(reader, "/")},
        headers=HTMX,
    ).content.decode()
    page = reader.get("/").content.decode()
    for part in swapped(answer):
        if not part.startswith(("state-", "choices-", "announcement")):
            assert numbers_of(answer, part) == numbers_of(page, part), part


def test_pages_agree_on_the_totals(reader: Client) -> None:
    for slug, state in {
        "payment-wallet": "done",
        "ticket-booking-system": "skipped",
        "online-forum-part-1": "reading",
        "coding-contest-leaderboard": "done",
    }.items():
        reader.post(f"/articles/{slug}/state/", {"state": state})
    roadmap = reader.get("/").content.decode()
    layer = reader.get("/layers/domain-expertise/").content.decode()
    section = reader.get("/sections/domain-case-studies/").content.decode()
    tab = roadmap.partition('id="tab-figure-domain-expertise"')[2].partition("</a>")[0]
    assert re.findall(r"\d+", re.sub(r"<[^>]*>", " ", tab.partition(">")[2]))[:2] == ["2", "10"]
    assert numbers_of(layer, "layer-domain-expertise") == ["2", "10"]
    for html in (roadmap, layer, section):
        assert numbers_of(html, "section-domain-case-studies") == ["1", "3"]
    assert numbers_of(roadmap, "outline-domain-case-studies") == ["1", "3"]
    assert numbers_of(roadmap, "overall")[:3] == ["5", "2", "38"]


def test_each_number_links_to_the_articles_it_counts(reader: Client) -> None:
    for title, state in {
        "Fan-Out-on-Write (Blueprint)": "done",
        "Payment Wallet": "done",
        "Online Forum (Part 1)": "skipped",
        "Coding Contest & Leaderboard": "reading",
    }.items():
        article = Article.objects.get(entries__title=title)
        reader.post(f"{article.get_absolute_url()}state/", {"state": state})
    planned = Article.objects.get(slug="content-aggregator-newsarticles")
    planned.status = Status.objects.get(slug="planned")
    planned.save()
    html = reader.get("/").content.decode()
    links = set(re.findall(r'<a [^>]*href="(/articles/[^"]*)">(\d+) of (\d+) done', html))
    assert len(links) == 1 + Section.objects.count()
    for address, finished, required in links:
        # Where nothing is done yet, the number leads to what there is to do.
        number = finished if finished != "0" else required
        table = reader.get(address.replace("&amp;", "&")).content.decode()
        count = RESULT_COUNT.search(table)
        assert count, address
        # A section counts its rows, everything above it distinct articles.
        counted = count[1] or count[2] if "section=" in address else count[2]
        assert counted == number, address


def test_undo_from_the_announcement(reader: Client) -> None:
    html = reader.post(f"{WALLET}state/", {"state": "done"}, headers=HTMX).content.decode()
    match = re.search(r'formaction="(/events/\d+/undo/)"', html)
    assert match
    undone = reader.post(match[1], {"next": "/", "shown": "overall"}, headers=HTMX)
    assert "Payment Wallet: To do" in undone.content.decode()
    assert "undo/" not in undone.content.decode()
    assert reader.get("/articles/?state=done").content.decode().count("data-entry") == 0


def test_a_change_is_undone_without_javascript(reader: Client) -> None:
    page = reader.post(f"{WALLET}state/", {"state": "done", "next": "/"}, follow=True)
    match = re.search(r'form="states" formaction="(/events/\d+/undo/)"', page.content.decode())
    assert match
    page = reader.post(match[1], {"next": "/"}, follow=True)
    assert "Payment Wallet: To do" in page.content.decode()
    assert "0 of 39 done" in page.content.decode()


def test_a_superseded_undo_is_refused_with_a_reason(reader: Client) -> None:
    html = reader.post(f"{WALLET}state/", {"state": "reading"}, headers=HTMX).content.decode()
    match = re.search(r'formaction="(/events/\d+/undo/)"', html)
    assert match
    reader.post(f"{WALLET}state/", {"state": "done"})
    response = reader.post(match[1])
    assert response.status_code == 409
    assert "newer change" in response.content.decode()
    assert reader.get("/articles/?state=done").content.decode().count("data-entry") == 1


def test_another_learners_event_is_not_found(client: Client, learner: User, editor: User) -> None:
    client.force_login(editor)
    client.post(f"{WALLET}state/", {"state": "done"})
    client.force_login(learner)
    event = Event.objects.get()
    assert client.post(f"/events/{event.pk}/undo/").status_code == 404
    assert State.objects.get().user == editor


@pytest.mark.same_everywhere
@pytest.mark.parametrize("data", [{}, {"state": ""}, {"state": "finished"}, {"state": "\0"}])
def test_an_invalid_state_is_refused_with_a_reason(reader: Client, data: dict[str, str]) -> None:
    reader.post(f"{WALLET}state/", {"state": "reading"})
    response = reader.post(f"{WALLET}state/", data)
    assert response.status_code == 400
    assert "state" in response.content.decode()
    assert reader.get("/articles/?state=reading").content.decode().count("data-entry") == 1


def test_setting_a_state_requires_post(reader: Client) -> None:
    assert reader.get(f"{WALLET}state/").status_code == 405
    assert reader.get("/events/1/undo/").status_code == 405


def test_a_draft_or_unknown_article_has_no_state_to_set(reader: Client) -> None:
    Article.objects.filter(slug="payment-wallet").update(status=Status.objects.get(slug="draft"))
    assert reader.post(f"{WALLET}state/", {"state": "done"}).status_code == 404
    assert reader.post("/articles/nope/state/", {"state": "done"}).status_code == 404


def test_a_forged_request_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"{WALLET}state/", {"state": "done"}).status_code == 403


def test_visitors_see_where_their_marks_are_stored(client: Client, learner: User) -> None:
    assert "stored in this browser only" in client.get("/").content.decode()
    client.force_login(learner)
    assert "stored in this browser only" not in client.get("/").content.decode()


def test_reading_a_page_stores_nothing_for_a_visitor(client: Client) -> None:
    client.get("/")
    client.get(WALLET)
    assert "sessionid" not in client.cookies


def test_each_mark_keeps_a_visitors_session_for_60_days(client: Client) -> None:
    for state in ("reading", "done"):
        response = client.post(f"{WALLET}state/", {"state": state})
        assert response.cookies["sessionid"]["max-age"] == 60 * 24 * 60 * 60
    assert client.get("/articles/?state=done").content.decode().count("data-entry") == 1


def test_marks_after_an_account_is_gone_join_the_next_one(client: Client, learner: User) -> None:
    client.force_login(learner)
    learner.delete()
    client.post(f"{WALLET}state/", {"state": "done"})
    secret = "a-long-enough-secret"
    data = {"username": "grace", "password1": secret, "password2": secret}
    client.post("/accounts/signup/", data)
    assert State.objects.get(user__username="grace").state == "done"


def test_a_mark_after_signing_in_or_out_is_refused_with_a_reason(
    client: Client, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(f"{WALLET}state/", {"state": "reading"})
    locked = SessionStore.locked

    def end_then_lock(session: SessionStore) -> AbstractContextManager[None]:
        Session.objects.all().delete()
        return locked(session)

    monkeypatch.setattr(SessionStore, "locked", end_then_lock)
    response = client.post(f"{WALLET}state/", {"state": "done"})
    assert response.status_code == 409
    assert "You signed in or out in another window" in response.content.decode()
    assert "sessionid" not in response.cookies


def test_a_page_of_another_reader_changes_nothing(client: Client, learner: User) -> None:
    for reader in (str(learner.pk), "0", "x"):
        response = client.post(f"{WALLET}state/", {"state": "done", "reader": reader})
        assert response.status_code == 409
    client.force_login(learner)
    assert client.post(f"{WALLET}state/", {"state": "done", "reader": ""}).status_code == 409
    assert client.post(f"{WALLET}open/", {"reader": ""}).status_code == 409
    assert client.post("/events/1/undo/", {"reader": ""}).status_code == 409
    assert not State.objects.exists()
    assert (
        client.post(f"{WALLET}state/", {"state": "done", "reader": learner.pk}).status_code == 302
    )


def test_an_article_without_a_link_is_not_next(reader: Client) -> None:
    first = Entry.objects.in_journey_order()[0].article
    first.url = ""
    first.save()
    page = reader.get("/").content.decode()
    next_title = re.search(r'class="next-title"><a href="([^"]+)"', page)
    assert next_title
    assert next_title[1] == Entry.objects.in_journey_order()[1].get_absolute_url()


def test_signing_out_leaves_nothing_behind(client: Client, learner: User) -> None:
    client.force_login(learner)
    client.post(f"{WALLET}state/", {"state": "done"})
    client.logout()
    assert client.get("/articles/?state=done").content.decode().count("data-entry") == 0


def test_opening_the_link_sets_reading_only_if_preferred(client: Client, learner: User) -> None:
    client.force_login(learner)
    assert "/open/" not in client.get(WALLET).content.decode()
    learner.marks_reading_on_open = True
    learner.save()
    assert f'formaction="{WALLET}open/"' in client.get(WALLET).content.decode()
    response = client.post(f"{WALLET}open/")
    url = Article.objects.get(slug="payment-wallet").url
    assert f'content="0;url={url}"' in response.content.decode()
    assert State.objects.get().state == "reading"


def test_opening_the_link_never_lowers_a_state(client: Client, learner: User) -> None:
    client.force_login(learner)
    client.post(f"{WALLET}state/", {"state": "done"})
    assert "This article is marked as done." in client.post(f"{WALLET}open/").content.decode()
    assert State.objects.get().state == "done"
    data = {"shown": shown_on(client, "/")}
    other = "/articles/ticket-booking-system/open/"
    html = client.post(other, data, headers=HTMX).content.decode()
    assert "tab-figure-domain-expertise" in swapped(html)
    assert State.objects.get(article__slug="ticket-booking-system").state == "reading"


def test_an_article_without_a_link_cannot_be_opened(client: Client) -> None:
    planned = Article.objects.create(
        title="Still to come", status=Status.objects.get(slug="planned"), url=""
    )
    assert client.post(f"{planned.get_absolute_url()}open/").status_code == 404
    assert "No link yet" in client.get(planned.get_absolute_url()).content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_queries_of_a_change_do_not_grow(
    reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries, headers: dict[str, str]
) -> None:
    data = {"state": "done", "shown": shown_on(reader, "/")}
    reader.post(f"{WALLET}state/", {"state": "reading"})
    with django_assert_max_num_queries(18) as small:
        reader.post(f"{WALLET}state/", data, headers=headers)
    before = len(small)
    wallet = Article.objects.get(slug="payment-wallet")
    layer = Layer.objects.get(slug="data-mastery")
    for number in range(8):
        section = Section.objects.create(slug=f"s{number}", layer=layer, title=f"S{number}")
        Entry.objects.create(section=section, article=wallet, title=f"Again {number}")
        other = Article.objects.create(title=f"Other {number}", status=wallet.status)
        Entry.objects.create(section=section, article=other, title=other.title)
        reader.post(f"{other.get_absolute_url()}state/", {"state": "done"})
    data = {"state": "reading", "shown": shown_on(reader, "/")}
    with django_assert_max_num_queries(before):
        reader.post(f"{WALLET}state/", data, headers=headers)


@pytest.mark.parametrize("signs_in", [False, True])
def test_an_articles_page_says_where_the_rest_of_a_long_history_is(
    client: Client, learner: User, signs_in: bool
) -> None:
    if signs_in:
        client.force_login(learner)
    assert "latest changes" not in client.get(WALLET).content.decode()
    for state in ("reading", "done") * 6:
        client.post(f"{WALLET}state/", {"state": state}, headers=HTMX)
    page = client.get(WALLET).content.decode()
    assert ("Only your latest changes are shown." in page) is not signs_in
    assert ('<a href="/me/history/">your history</a>' in page) is signs_in
