import re
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog.models import Article, Entry, Layer, Section, Status
from progress.finishing import Report, finish
from progress.learner import LearnerProgress
from progress.models import Completion, Event, State
from progress.states import StateName
from tests.accounts import passwords

pytestmark = [pytest.mark.usefixtures("playbook"), pytest.mark.same_everywhere]

SUB_APPS = {
    "notes",
    "dropped_texts",
    "cards",
    "reviews",
    "practice_sessions",
    "plans",
    "own_items",
    "calendar",
    "reminders",
}
"""The parts of the export that the sub-apps' own tests are about."""
ME, HISTORY, EXPORT = "/me/", "/me/history/", "/me/export.json"
HTMX = {"HX-Request": "true"}
COLUMNS = ("todo", "reading", "done", "skipped", "total")


@pytest.fixture
def reader(client: Client, learner: User) -> Client:
    client.force_login(learner)
    passwords.confirm(client)
    return client


@pytest.fixture
def progress(learner: User) -> LearnerProgress:
    return LearnerProgress(learner)


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def part(html: str, name: str) -> str:
    """Return the section of the page with this id."""
    match = re.search(rf'<section id="{name}".*?</section>', html, re.DOTALL)
    return match[0] if match else ""


def totals(html: str) -> dict[str, list[tuple[str, int]]]:
    """Map each row's title to its numbers and their links, in the order of COLUMNS."""
    table = re.search(r'<table class="totals".*?</table>', html, re.DOTALL)
    assert table
    rows = re.findall(r'<tr[^>]*><th scope="row"(.*?)</tr>', table[0], re.DOTALL)
    return {
        unescape(re.findall(r">([^<]+)</a></th>", row)[0]): [
            (unescape(href), int(number))
            for href, number in re.findall(
                r'<td[^>]*data-label[^>]*><a href="([^"]+)"[^>]*>(\d+)', row
            )
        ]
        for row in rows
    }


def undo_links(html: str) -> set[int]:
    main = html[html.index("<main") :] if "<main" in html else html
    return {int(pk) for pk in re.findall(r'id="undo-(\d+)"', main)}


def mark_some(progress: LearnerProgress) -> None:
    states = ["done", "reading", "skipped", "todo", "done"]
    for number, article in enumerate(Article.objects.order_by("slug")):
        progress.set(article, StateName(states[number % 5]))


# --- Access


@pytest.mark.parametrize("path", [HISTORY, f"{HISTORY}?day=2026-11-23", EXPORT])
def test_a_visitor_is_sent_to_sign_in_and_back(client: Client, learner: User, path: str) -> None:
    response = client.get(path, follow=True)
    address, _status = response.redirect_chain[-1]
    assert address.startswith("/accounts/login/?next=")
    signed_in = client.post(
        address, {"login": "learner", "password": "a-learner's-password", "next": path}
    )
    assert signed_in["Location"] == path


def test_an_expired_session_leads_to_sign_in(client: Client) -> None:
    headers = {**HTMX, "HX-Current-URL": "http://testserver/me/history/"}
    response = client.get(HISTORY, headers=headers)
    assert response["HX-Redirect"] == "/accounts/login/?next=/me/history/"


@pytest.mark.parametrize("path", [ME, HISTORY])
def test_data_of_another_learner_is_not_shown(
    reader: Client, progress: LearnerProgress, editor: User, path: str
) -> None:
    article = Article.objects.get(slug="payment-wallet")
    progress.set(article, StateName.READING)
    before = text_of(html_of(reader, path))
    mark_some(LearnerProgress(editor))
    assert Event.objects.for_user(editor).exists()
    assert text_of(html_of(reader, path)) == before


def test_another_learners_change_cannot_be_undone(
    reader: Client, progress: LearnerProgress, editor: User
) -> None:
    article = Article.objects.get(slug="payment-wallet")
    progress.set(article, StateName.READING)
    foreign = LearnerProgress(editor).set(article, StateName.DONE).event_id
    assert foreign not in undo_links(html_of(reader, ME)) | undo_links(html_of(reader, HISTORY))
    assert reader.post(f"/events/{foreign}/undo/").status_code == 404
    assert State.objects.get(user=editor).state == "done"
    assert Event.objects.count() == 2


# --- Visitors


def mark(client: Client, count: int, state: str = "done") -> None:
    for article in Article.objects.listed().order_by("slug")[:count]:
        client.post(f"/articles/{article.slug}/state/", {"state": state, "next": ME})


def test_a_visitor_sees_their_own_numbers(client: Client) -> None:
    empty = html_of(client, ME)
    assert "Start with one article" in empty
    assert {sum(n for _href, n in cells[1:4]) for cells in totals(empty).values()} == {0}
    mark(client, 2)
    mark(client, 1, "reading")
    html = html_of(client, ME)
    assert [n for _href, n in totals(html)["The whole playbook"]] == [37, 1, 1, 0, 39]
    assert "Start with one article" not in html
    assert len(re.findall(r'<li class="row"', part(html, "reading-now"))) == 1
    assert "stored in this browser only" in text_of(html)
    for absent in ("study-days", "recent", "suggestions", "news"):
        assert f'<section id="{absent}"' not in html


def test_a_visitors_numbers_are_not_shown_to_another_visitor(client: Client) -> None:
    mark(client, 3)
    assert html_of(client, ME) != html_of(Client(), ME)
    assert [n for _href, n in totals(html_of(Client(), ME))["The whole playbook"]][2] == 0


def test_a_visitor_is_reminded_from_the_fifth_mark_until_they_dismiss_it(client: Client) -> None:
    reminder = "You have marked 5 articles"
    mark(client, 4)
    assert "visitor-reminder" not in html_of(client, "/")
    mark(client, 5)
    for path in ("/", "/articles/", ME):
        assert reminder in text_of(html_of(client, path))
    before = client.get("/")["ETag"]
    form = {"next": "/articles/", "reader": ""}
    assert client.post("/me/visitor-note/dismiss/", form)["Location"] == "/articles/"
    assert client.get("/")["ETag"] != before
    assert reminder not in text_of(html_of(client, "/"))
    assert "stored in this browser only" in text_of(html_of(client, "/"))
    mark(client, 6)
    assert "visitor-reminder" not in html_of(client, "/")
    assert [n for _href, n in totals(html_of(client, ME))["The whole playbook"]][2] == 6


def test_the_fifth_mark_brings_the_reminder_into_the_page(client: Client) -> None:
    mark(client, 4)
    article = Article.objects.listed().order_by("slug")[4]
    form = {"state": "done", "next": "/", "shown": ""}
    html = client.post(f"/articles/{article.slug}/state/", form, headers=HTMX).content.decode()
    assert re.search(r'<aside id="visitor-note"[^>]* hx-swap-oob="true"', html)
    assert '<input type="hidden" name="next" value="/">' in html


def test_a_learner_is_never_reminded(reader: Client) -> None:
    mark(reader, 6)
    assert 'id="visitor-note"' not in html_of(reader, "/")
    assert reader.post("/me/visitor-note/dismiss/", {"next": ME})["Location"] == ME


# --- Totals


def by_hand(states: dict[int, str], articles: Collection[int]) -> list[int]:
    tally = Counter(states.get(pk, "todo") for pk in articles)
    return [tally[state] for state in ("todo", "reading", "done", "skipped")] + [tally.total()]


def test_the_totals_equal_a_recount_by_hand(reader: Client, progress: LearnerProgress) -> None:
    Entry.objects.filter(section__slug=Section.objects.all()[0].slug).update(
        retired_at=timezone.now()
    )
    Article.objects.filter(slug="payment-wallet").update(status=Status.objects.get(slug="planned"))
    mark_some(progress)
    states = dict(State.objects.values_list("article_id", "state"))
    listed = list(
        Entry.objects.filter(
            retired_at=None, article__retired_at=None, article__status__slug="published"
        ).select_related("section__layer")
    )
    expected = {"The whole playbook": by_hand(states, {entry.article_id for entry in listed})}
    for layer in Layer.objects.all():
        inside = {entry.article_id for entry in listed if entry.section.layer == layer}
        expected[layer.title] = by_hand(states, inside) if inside else []
    for section in Section.objects.all():
        rows = [entry.article_id for entry in listed if entry.section == section]
        expected[section.title] = by_hand(states, rows) if rows else []
    page_totals = {
        title: [n for _href, n in cells] for title, cells in totals(html_of(reader, ME)).items()
    }
    assert page_totals == expected
    assert [] in expected.values()
    assert "Nothing here yet" in text_of(part(html_of(reader, ME), "totals"))


def test_the_totals_equal_the_roadmaps(reader: Client, progress: LearnerProgress) -> None:
    mark_some(progress)
    me, roadmap = html_of(reader, ME), html_of(reader, "/")
    assert text_of(part(me, "overall")) == text_of(part(roadmap, "overall"))
    rows = totals(me)
    for layer in Layer.objects.all():
        _todo, _reading, (_, done), (_, skipped), (_, total) = rows[layer.title]
        figure = roadmap.partition(f'id="tab-figure-{layer.slug}"')[2].partition("</a>")[0]
        numbers = re.findall(r"\d+", re.sub(r"<[^>]*>", " ", figure.partition(">")[2]))
        assert numbers[:2] == [str(done), str(total - skipped)]


def test_each_number_links_to_exactly_what_it_counts(
    reader: Client, progress: LearnerProgress
) -> None:
    mark_some(progress)
    rows = totals(html_of(reader, ME))
    sections = {section.title for section in Section.objects.all()}
    assert len(rows) == 1 + 4 + 12
    for title, cells in rows.items():
        assert len(cells) == len(COLUMNS)
        for href, number in cells:
            match = re.search(
                r'class="result-count"[^>]*>(.*?)</p>', html_of(reader, href), re.DOTALL
            )
            assert match
            section_text = text_of(match[1])
            # A section counts its entries, everything above it distinct articles.
            unit = "entries" if title in sections and "entries" in section_text else "article"
            counted = int(re.findall(rf"(\d+) {unit}", section_text)[0])
            assert (title, href, counted) == (title, href, number)


def test_a_scope_is_not_complete_if_everything_is_skipped(
    reader: Client, progress: LearnerProgress
) -> None:
    section = Section.objects.in_journey_order()[0]
    for entry in section.entries.select_related("article"):
        progress.set(entry.article, StateName.SKIPPED)
    row = re.search(
        rf">{section.title.replace('&', '&amp;')}</a></th>.*?</tr>", html_of(reader, ME), re.DOTALL
    )
    assert row
    assert "All skipped" in row[0]
    assert "%" not in row[0]


# --- Reading now


def test_a_state_is_changed_from_the_menu(reader: Client, progress: LearnerProgress) -> None:
    article = Article.objects.get(slug="payment-wallet")
    progress.set(article, StateName.READING)
    menu = re.search(
        rf'<details id="reading-{article.pk}-menu".*?</details>', html_of(reader, ME), re.DOTALL
    )
    assert menu
    buttons = re.findall(
        r'formaction="([^"]+)" name="state" value="(\w+)" aria-pressed="(\w+)"', menu[0]
    )
    assert [(state, pressed) for _action, state, pressed in buttons] == [
        ("todo", "false"),
        ("reading", "true"),
        ("done", "false"),
        ("skipped", "false"),
    ]
    for action, state, _pressed in reversed(buttons):
        response = reader.post(action, {"state": state, "next": ME})
        assert response["Location"] == "/me/#reading-now"
        assert LearnerProgress(progress.user).state_of(article.pk) == state
    assert f'id="reading-{article.pk}-menu"' not in part(html_of(reader, ME), "reading-now")


def test_htmx_reloads_my_progress_after_a_change(reader: Client, progress: LearnerProgress) -> None:
    mark_some(progress)
    page = html_of(reader, ME)
    fragment = reader.get(ME, headers={**HTMX, "HX-Target": "my-progress"}).content.decode().strip()
    assert fragment.startswith('<div id="my-progress"')
    assert text_of(fragment) in text_of(page)
    assert totals(fragment) == totals(page)
    # The form that requests the page stays outside the replaced part, so it keeps working.
    assert 'id="states"' in page
    assert 'id="states"' not in fragment
    assert 'hx-trigger="htmx:afterRequest from:#states"' in fragment


# --- Days with study


def test_the_year_is_left_out_until_the_second_day_with_study(
    reader: Client, progress: LearnerProgress
) -> None:
    mark_some(progress)
    html = html_of(reader, ME)
    assert 'id="study-days"' not in html
    assert 'id="recent"' in html
    study_on_two_days()
    assert 'id="study-days"' in html_of(reader, ME)


def study_on_two_days() -> None:
    """Move the first change to the day before."""
    first = Event.objects.order_by("pk")[0]
    Event.objects.filter(pk=first.pk).update(happened_at=first.happened_at - timedelta(days=1))


def test_study_days_are_shown_as_a_heat_map_and_a_table(
    reader: Client, learner: User, progress: LearnerProgress
) -> None:
    learner.time_zone = "Pacific/Auckland"
    learner.save()
    mark_some(progress)
    at = datetime.combine(timezone.now() - timedelta(days=10), datetime.min.time(), UTC)
    Event.objects.update(happened_at=at.replace(hour=10))
    late = Event.objects.filter(to_state="done").order_by("pk")[:3]
    Event.objects.filter(pk__in=[event.pk for event in late]).update(
        happened_at=at.replace(hour=20)
    )
    first = at.date()
    second = first + timedelta(days=1)  # eight in the evening here is tomorrow there
    html = part(html_of(reader, ME), "study-days")
    rows = re.findall(
        r'<th scope="row"><a href="([^"]+)">[^<]+</a></th><td>(\d+)</td><td>(\d+)</td>', html
    )
    started = Event.objects.filter(to_state="reading").count()
    finished = Event.objects.filter(to_state="done").count()
    assert rows == [
        (f"{HISTORY}?day={second}", "0", "3"),
        (f"{HISTORY}?day={first}", str(started), str(finished - 3)),
    ]
    assert 'role="img" aria-label="A square for each day, 2 with study.' in html
    picture = html[: html.index("</svg>")]
    levels = Counter(re.findall(r'<rect class="level-(\d)"', picture))
    assert levels["2"] == levels["4"] == 1
    assert sum(levels.values()) == levels["0"] + 2
    day = html_of(reader, rows[0][0])
    assert len(re.findall(r'<li id="event-', day)) == 3


def study_for(progress: LearnerProgress, days: int, until: int = 0) -> None:
    """Create study on consecutive days, ending the given number of days ago."""
    for ago, article in enumerate(Article.objects.all()[:days]):
        progress.set(article, StateName.DONE)
        at = timezone.now() - timedelta(days=until + ago)
        Event.objects.filter(article=article).update(happened_at=at)


def test_the_streak_counts_days_in_a_row(reader: Client, progress: LearnerProgress) -> None:
    study_for(progress, 6)
    assert "6 days in a row · longest 6" in text_of(html_of(reader, ME))


def test_a_streak_that_ended_is_not_shown_as_current(
    reader: Client, progress: LearnerProgress
) -> None:
    study_for(progress, 6, until=3)
    text = text_of(html_of(reader, ME))
    assert "Longest streak: 6 days" in text
    assert "in a row" not in text


def test_the_streak_can_be_hidden(reader: Client, learner: User, progress: LearnerProgress) -> None:
    study_for(progress, 6)
    assert reader.get("/me/streak/hide/").status_code == 405
    assert reader.post("/me/streak/hide/")["Location"] == ME
    learner.refresh_from_db()
    assert not learner.shows_streak
    html = html_of(reader, ME)
    assert "in a row" not in html
    assert "longest" not in html.lower()
    assert '<a href="/accounts/preferences/">show it again</a>' in html


def test_a_visitor_has_no_streak_to_hide(client: Client, learner: User) -> None:
    assert client.post("/me/streak/hide/")["Location"] == ME
    learner.refresh_from_db()
    assert learner.shows_streak


# --- History and undo


@pytest.mark.parametrize(("path", "spot"), [(ME, "recent"), (HISTORY, "events")])
def test_only_the_newest_change_in_effect_can_be_undone(
    reader: Client, progress: LearnerProgress, path: str, spot: str
) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    booking = Article.objects.get(slug="ticket-booking-system")
    first = progress.set(wallet, StateName.READING).event_id
    other = progress.set(booking, StateName.READING).event_id
    second = progress.set(wallet, StateName.DONE).event_id
    assert undo_links(html_of(reader, path)) == {other, second}
    back = reader.post(f"/events/{second}/undo/?spot={spot}", {"next": path})
    assert back["Location"] == f"{path}#{spot}"
    html = html_of(reader, path)
    assert f'id="{spot}"' in html
    assert undo_links(html) == {first, other}
    assert re.findall(r'<li id="event-(\d+)" class="row event is-undone"', html) == [str(second)]
    assert text_of(html).count("(undone)") == 1
    assert text_of(html).count("(undo)") == 1
    assert progress.load_states()[wallet.pk] == "reading"


def test_every_offered_undo_works(reader: Client, progress: LearnerProgress) -> None:
    for state in (StateName.READING, StateName.SKIPPED, StateName.DONE):
        for article in Article.objects.all()[:8]:
            progress.set(article, state)
    while offered := undo_links(html_of(reader, HISTORY)):
        assert reader.post(f"/events/{max(offered)}/undo/").status_code == 302
    assert not State.objects.exists()
    assert not Event.objects.lasting().exists()


def test_my_progress_shows_ten_changes_and_links_to_the_history(
    reader: Client, progress: LearnerProgress
) -> None:
    mark_some(progress)
    events = [str(pk) for pk in Event.objects.values_list("pk", flat=True)]
    assert re.findall(r'<li id="event-(\d+)"', html_of(reader, ME)) == events[:10]
    assert re.findall(r'<li id="event-(\d+)"', html_of(reader, HISTORY)) == events


@pytest.mark.parametrize("path", [ME, HISTORY, "/articles/payment-wallet/"])
def test_times_have_no_fraction_of_a_second(
    reader: Client, progress: LearnerProgress, path: str
) -> None:
    """HTML allows at most three digits after the second; the database stores six."""
    mark_some(progress)
    times = re.findall(r'<time datetime="([^"]+)"', html_of(reader, path))
    assert times
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", time) for time in times)


def test_the_history_has_pages_of_fifty(reader: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    Event.objects.bulk_create(
        Event(user=learner, article=wallet, from_state="todo", to_state="done") for _ in range(51)
    )
    pages = [html_of(reader, f"{HISTORY}?page={number}") for number in (1, 2, 3)]
    sizes = [len(re.findall(r'<li id="event-', page)) for page in pages]
    assert sizes == [50, 1, 1]
    assert all("51 changes" in page for page in pages)


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("day=yesterday", "Day", "yesterday"),
        ("day=2026-02-30", "Day", "2026-02-30"),
        ("day=%00", "Day", "\0"),
        ("page=-1", "Page", "-1"),
        ("page=many", "Page", "many"),
    ],
)
def test_an_invalid_filter_value_is_ignored_and_reported(
    reader: Client, progress: LearnerProgress, query: str, field: str, value: str
) -> None:
    mark_some(progress)
    html = html_of(reader, f"{HISTORY}?{query}")
    assert f"“{value}” is not a choice for “{field}” and was ignored." in text_of(html)
    assert len(re.findall(r'<li id="event-', html)) == Event.objects.count()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2001-09-09"])
def test_a_day_without_changes(reader: Client, progress: LearnerProgress, day: str) -> None:
    mark_some(progress)
    html = html_of(reader, f"{HISTORY}?day={day}")
    assert "You made no changes on that day." in html
    assert "<li id=" not in html


def test_the_history_keeps_articles_removed_from_the_playbook(
    reader: Client, progress: LearnerProgress
) -> None:
    retired, hidden = Article.objects.listed()[:2]
    for article in (retired, hidden):
        progress.set(article, StateName.READING)
    retired.retire()
    hidden.status = Status.objects.get(slug="draft")
    hidden.save()
    for path in (ME, HISTORY):
        html = html_of(reader, path)
        assert f'<a class="row-title" href="{retired.get_absolute_url()}">' in html
        assert "no longer in the playbook" in html
        # The public cannot open a draft, so its title leads nowhere.
        assert f'<span class="row-title">{hidden.title.replace("&", "&amp;")}</span>' in html
        assert hidden.get_absolute_url() not in html.replace(
            f"{hidden.get_absolute_url()}state", ""
        )
    for article in (retired, hidden):
        assert f'id="reading-{article.pk}-menu"' not in html_of(reader, ME)


# --- A new learner


def test_a_new_learner_sees_what_to_do_first(reader: Client) -> None:
    html = html_of(reader, ME)
    first = Entry.objects.listed().in_journey_order()[0]
    assert "Start with one article" in html
    assert unescape(first.title) in text_of(part(html, "overall"))
    assert [cells[2][1] for cells in totals(html).values()] == [0] * 5
    for absent in ("study-days", "reading-now", "recent"):
        assert f'id="{absent}"' not in html
    assert "No changes yet." in html_of(reader, HISTORY)


# --- Export


def test_the_export_contains_all_progress_of_the_learner(
    reader: Client, progress: LearnerProgress, editor: User
) -> None:
    wallet, booking = Article.objects.order_by("slug").filter(
        slug__in=["payment-wallet", "ticket-booking-system"]
    )
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    progress.set(wallet, StateName.DONE)
    undone = progress.set(booking, StateName.READING)
    assert undone.event_id
    progress.undo(undone.event_id)
    State.objects.update(changed_at=at)
    Event.objects.update(happened_at=at)
    finish(progress, wallet, Report("Ledger\nTwo entries", 20, 4))
    finish(LearnerProgress(editor), wallet, Report("Not the learner's"))
    Completion.objects.update(completed_at=at, updated_at=at)
    wallet.retire()
    mark_some(LearnerProgress(editor))
    User.objects.update(visit_began_at=at, previous_visit_at=None)
    State.objects.update(changes_seen_at=at)
    response = reader.get(EXPORT)
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"].startswith('attachment; filename="playbook-progress-')
    export = {name: rows for name, rows in response.json().items() if name not in SUB_APPS}
    for name in ("exported_at", "visit_began_at"):
        at_present = datetime.fromisoformat(export.pop(name))
        assert timezone.now() - at_present < timedelta(minutes=5)
    first, second, third = Event.objects.filter(user=progress.user).order_by("pk")

    def described(article: Article) -> dict[str, str]:
        return {"uuid": str(article.uuid), "title": article.title, "url": article.url}

    def event(
        event: Event, article: Article, before: str, after: str, undoes: Event | None
    ) -> dict[str, Any]:
        return {
            "uuid": str(event.uuid),
            "article": described(article),
            "from": before,
            "to": after,
            "happened_at": "2026-11-22T23:30:00Z",
            "undoes": str(undoes.uuid) if undoes else None,
        }

    completion = Completion.objects.get(user=progress.user)
    assert export == {
        "schema": 2,
        "site": "http://testserver",
        "learner": "learner",
        "previous_visit_at": "2026-11-22T23:30:00Z",
        "preferences": {
            "time_zone": "",
            "shows_streak": True,
            "marks_reading_on_open": False,
            "daily_review_limit": 40,
            "daily_new_card_limit": 10,
            "retention": 90,
        },
        "states": [
            {
                "uuid": str(State.objects.get(user=progress.user).uuid),
                "article": described(wallet),
                "state": "done",
                "changed_at": "2026-11-22T23:30:00Z",
                "changes_seen_at": "2026-11-22T23:30:00Z",
            }
        ],
        "events": [
            event(first, wallet, "todo", "done", None),
            event(second, booking, "todo", "reading", None),
            event(third, booking, "reading", "todo", second),
        ],
        "completions": [
            {
                "uuid": str(completion.uuid),
                "article": described(wallet),
                "key_points": ["Ledger", "Two entries"],
                "minutes": 20,
                "confidence": 4,
                "completed_at": "2026-11-22T23:30:00Z",
                "updated_at": "2026-11-22T23:30:00Z",
            }
        ],
        "suggestions": [],
    }


@pytest.mark.parametrize("path", [ME, "/accounts/delete/"])
def test_my_progress_links_to_the_export(
    reader: Client, progress: LearnerProgress, path: str
) -> None:
    mark_some(progress)
    assert 'href="/me/export/"' in html_of(reader, path)


# --- Constant costs


@pytest.mark.parametrize("path", [ME, HISTORY, EXPORT])
def test_the_number_of_queries_does_not_depend_on_the_data(
    reader: Client, learner: User, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(path).status_code == 200
        return len(captured)

    progress = LearnerProgress(learner)
    progress.set(Article.objects.get(slug="payment-wallet"), StateName.READING)
    queries()  # warm up: a new visit starts and the playbook is loaded
    few = queries()
    mark_some(progress)
    for article in Article.objects.all():
        progress.set(article, StateName.READING)
    layer = Layer.objects.create(slug="new", number=9, title="New", colour="teal")
    for number in range(20):
        section = Section.objects.create(slug=f"new-{number}", layer=layer, title=f"New {number}")
        article = Article.objects.create(
            title=f"New {number}", status=Status.objects.get(slug="published")
        )
        Entry.objects.create(section=section, article=article, title=article.title)
        progress.set(article, StateName.READING)
    assert State.objects.filter(state="reading").count() == 39 + 20
    queries()
    assert queries() == few


# --- The heat map


def test_the_legend_shows_every_layer_in_its_own_shades(
    reader: Client, progress: LearnerProgress
) -> None:
    mark_some(progress)
    study_on_two_days()
    legend = html_of(reader, ME).partition('class="heat-legend"')[2].partition("</ul>")[0]
    rows = re.findall(r'<li data-colour="(\w+)">(.*?)</li>', legend, re.DOTALL)
    assert [(colour, text_of(row)) for colour, row in rows] == [
        (layer.colour, layer.title) for layer in Layer.objects.all()
    ]
    for _colour, row in rows:
        assert re.findall(r'class="(level-\d)"', row) == [f"level-{n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("today", "labels"),
    [
        # The first column is the week of 24 November: December begins in the following week.
        (datetime(2026, 11, 23, 12, tzinfo=UTC), ["Dec", "Jan"]),
        # The first column is the week of 8 December.
        (datetime(2026, 12, 7, 12, tzinfo=UTC), ["Dec", "Jan"]),
    ],
)
def test_the_first_column_names_its_month_where_there_is_room(
    reader: Client,
    progress: LearnerProgress,
    monkeypatch: pytest.MonkeyPatch,
    today: datetime,
    labels: list[str],
) -> None:
    mark_some(progress)
    Event.objects.update(happened_at=today)
    study_on_two_days()
    monkeypatch.setattr(timezone, "now", lambda: today)
    months = re.findall(r'<text x="(\d+)" y="-5">(\w+)</text>', html_of(reader, ME))
    assert [month for _x, month in months[:2]] == labels
    assert (months[0][0] == "0") is (today.month == 12)
