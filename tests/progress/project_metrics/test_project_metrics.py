from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article, Entry, Layer, Status
from catalog.querysets import EntryQuerySet
from progress.models import Event, State
from progress.project_metrics import figures
from progress.project_metrics.models import DaySalt, RepositoryFigures, Summary, VisitorDay
from tests.progress.project_metrics.tables import Tables, figures_of

pytestmark = pytest.mark.usefixtures("playbook")


def test_figures_equal_a_recount(client: Client, learner: User, editor: User) -> None:
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
        assert figures_of(page, "metrics-playbook") == [str(entries.count()), str(articles)]
        assert first.article.title in page
        assert hidden.article.title not in page
        assert "Secret" not in page
        assert "Counted on" in page
    # Articles retired after the last count are not shown either.
    first.article.retire()
    assert first.article.title not in client.get("/metrics/").content.decode()


def test_learners_are_accounts_that_ever_set_a_state(
    client: Client, learner: User, editor: User
) -> None:
    User.objects.create_superuser("root", "", "a-long-enough-secret")
    left = User.objects.create_user("left", "", is_active=False)
    back = User.objects.create_user("back", "")
    first, second = Article.objects.public().listed().order_by("pk")[:2]
    for user in (learner, left):
        for article in (first, second):
            State.objects.create(user=user, article=article, state="reading")
    # A learner who reset everything has no state left, but did set one once.
    Event.objects.create(user=back, article=first, from_state="todo", to_state="done")
    Event.objects.create(user=back, article=first, from_state="done", to_state="todo")
    call_command("refresh_metrics")
    assert Summary.objects.get().learners == 2
    page = client.get("/metrics/").content.decode()
    assert figures_of(page, "metrics-learners")[0] == "2"
    assert "Learners are accounts that have marked an article at least once." in page


def mix_statuses() -> None:
    """Give articles different statuses; retire one and make one a draft."""
    statuses = Status.objects.in_bulk(field_name="slug")
    articles = list(Article.objects.order_by("pk"))
    for number, article in enumerate(articles):
        article.status = statuses[("published", "planned", "in-review")[number % 3]]
        article.save()
    articles[3].status = statuses["draft"]
    articles[3].save()
    articles[6].retire()


def recount(thing: str) -> list[list[str]]:
    public = Entry.objects.listed().public()
    statuses = Status.objects.public()

    def row(name: str, entries: EntryQuerySet) -> list[str]:
        cells = [*(entries.filter(article__status=status) for status in statuses), entries]
        return [name, *(str(len(set(cell.values_list(thing)))) for cell in cells)]

    rows = [row(layer.title, public.filter(section__layer=layer)) for layer in Layer.objects.all()]
    return [["Layer", *map(str, statuses), "All"], *rows, row("All layers", public)]


def test_layers_and_statuses_are_crossed(client: Client) -> None:
    mix_statuses()
    page = client.get("/metrics/").content.decode()
    tables = Tables(page)
    assert tables["Entries by layer and status"] == recount("pk")
    assert tables["Articles by layer and status"] == recount("article")
    assert tables.scopes == {("thead", "col"), ("tbody", "row"), ("tfoot", "row")}
    for caption, is_shared in {"Entries": False, "Articles": True}.items():
        *layers, total = tables[f"{caption} by layer and status"][1:]
        for row in (*layers, total):
            assert sum(map(int, row[1:-1])) == int(row[-1])
        # The playbook that ships has an article in two layers.
        assert (sum(int(row[-1]) for row in layers) > int(total[-1])) == is_shared
    assert "once in each layer and once in the total." in page


def test_each_number_links_to_the_items_it_counts(client: Client) -> None:
    mix_statuses()
    page = client.get("/metrics/").content.decode()
    counts: dict[str, list[str]] = {}
    for address, count in re.findall(r'<a href="(/articles/\?[^"]+)">(\d+)</a>', page):
        counts.setdefault(unescape(address), []).append(count)
    assert len(counts) == 15  # Three statuses in four layers, and in all.
    for address, (entries, articles) in counts.items():
        page_of_items = client.get(address).content.decode()
        count = re.search(r"(\d+) articles?(?:, listed (\d+) times)?", page_of_items)
        assert count
        assert (count[1], count[2] or count[1]) == (articles, entries)


def test_bars_are_as_long_as_their_numbers(client: Client) -> None:
    mix_statuses()
    page = client.get("/metrics/").content.decode()
    bars = re.findall(r'<svg class="metrics-stack".*?</svg>', page)
    assert len(bars) == 9  # All entries; and of each layer the entries and the articles.
    counted = [
        Tables(page)[f"{thing} by layer and status"][1:] for thing in ("Entries", "Articles")
    ]
    rows = [counted[0][-1], *counted[0][:-1], *counted[1][:-1]]
    for number, (bar, (_layer, *counts, total)) in enumerate(zip(bars, rows, strict=True)):
        table = counted[number > 4]
        scale = int(total) if number == 0 else max(int(row[-1]) for row in table[:-1])
        drawn = re.findall(r'<rect x="([\d.]+)%" width="([\d.]+)%" height="100%"/>', bar)
        widths = [100 * int(count) / scale for count in counts if count != "0"]
        assert [float(width) for _x, width in drawn] == pytest.approx(widths, abs=0.01)
        begins = [sum(widths[:place]) for place in range(len(widths))]
        assert [float(x) for x, _width in drawn] == pytest.approx(begins, abs=0.02)
    # Without colour: each status but the first has its texture, in the bars as in their legend.
    assert set(re.findall(r"url\(#([^)]+)\)", page)) == {"texture-1", "texture-2"}
    assert {"texture-1", "texture-2"} <= set(re.findall(r'<pattern id="([^"]+)"', page))
    assert "style=" not in page


def test_a_change_of_the_playbook_is_counted_immediately(client: Client) -> None:
    before = Tables(client.get("/metrics/").content.decode())["Entries by layer and status"]
    Entry.objects.listed()[0].retire()
    after = Tables(client.get("/metrics/").content.decode())["Entries by layer and status"]
    assert int(after[-1][-1]) == int(before[-1][-1]) - 1


def test_a_playbook_without_entries_says_so(client: Client) -> None:
    Entry.objects.all().delete()
    page = client.get("/metrics/").content.decode()
    assert "Nothing is published yet." in page
    assert "<table>" not in page
    assert 'id="metrics-visitors"' not in page


def test_learners_are_left_out_until_they_were_counted(client: Client) -> None:
    assert 'id="metrics-learners"' not in client.get("/metrics/").content.decode()
    call_command("refresh_metrics", "--if-missing", stdout=StringIO())
    assert 'id="metrics-learners"' in client.get("/metrics/").content.decode()


def test_a_count_that_exists_is_not_repeated_at_start(learner: User) -> None:
    call_command("refresh_metrics", stdout=StringIO())
    State.objects.create(user=learner, article=Article.objects.listed()[0], state="done")
    call_command("refresh_metrics", "--if-missing", stdout=StringIO())
    assert Summary.objects.get().finished == 0
    call_command("refresh_metrics", stdout=StringIO())
    assert Summary.objects.get().finished == 1


def test_the_most_finished_are_a_chart_and_a_table(client: Client, learner: User) -> None:
    first, second = Article.objects.public().listed().order_by("pk")[:2]
    others = [User.objects.create_user(f"learner-{number}", "") for number in range(3)]
    for user in (learner, *others):
        State.objects.create(user=user, article=first, state="done")
    State.objects.create(user=learner, article=second, state="done")
    call_command("refresh_metrics")
    page = client.get("/metrics/").content.decode()
    table = [["Article", "Learners"], [first.title, "4"], [second.title, "1"]]
    assert Tables(page)["Most finished"] == table
    assert re.findall(r'aria-hidden="true"><rect width="([^"]+)"', page)[-2:] == [
        "100.00%",
        "25.00%",
    ]


def test_visitors_are_a_chart_and_a_table(client: Client) -> None:
    today = datetime.now(UTC).date()
    for days_ago, count in {31: 9, 4: 5, 2: 30, 1: 10, 0: 99}.items():
        VisitorDay.objects.create(date=today - timedelta(days=days_ago), count=count)
    page = client.get("/metrics/").content.decode()
    dates = [f"{date_format(today - timedelta(days=ago), 'D j M Y')}" for ago in (1, 2, 3, 4)]
    # Before the first day of the thirty, nobody knows; today is not over.
    rows = [list(row) for row in zip(dates, ("10", "30", "0", "5"), strict=True)]
    assert Tables(page)["Visitors per day"] == [["Day", "Visitors"], *rows]
    drawn = re.findall(
        r'<rect x="([\d.]+)%" y="([\d.]+)%" width="2.67%" height="([\d.]+)%"/>', page
    )
    heights = [float(height) for _x, _y, height in drawn]
    assert heights == pytest.approx([100 * count / 30 for count in (5, 0, 30, 10)], abs=0.01)
    assert all(float(y) + float(height) == pytest.approx(100) for _x, y, height in drawn)
    assert [float(x) for x, *_rest in drawn] == pytest.approx([87, 90.33, 93.67, 97], abs=0.01)
    assert figures_of(page, "metrics-visitors") == ["10", "11", "30"]


def test_an_open_day_is_not_shown_as_a_day_without_visitors(client: Client) -> None:
    today = datetime.now(UTC).date()
    DaySalt.objects.create(date=today - timedelta(days=1), salt="00")
    VisitorDay.objects.create(date=today - timedelta(days=2), count=7)
    last = date_format(today - timedelta(days=2), "D j M Y")
    page = client.get("/metrics/").content.decode()
    assert Tables(page)["Visitors per day"] == [["Day", "Visitors"], [last, "7"]]


@pytest.mark.parametrize("most", [0, 1, 2, 9, 10, 99, 100, 101, 1999, 2029, 12_345, 999_999])
def test_a_scale_ends_just_above_the_largest_value(most: int) -> None:
    end = figures._scale_end(most)
    assert max(most, 1) <= end <= max(2, most * 1.25)
    assert end % 2 == 0


def test_page_costs_few_queries_and_sets_no_cookie(
    client: Client,
    learner: User,
    settings: LazySettings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.METRICS_REPOSITORY = "owner/name"

    def look() -> None:
        client.get("/metrics/")
        # The catalog version, the summary, the repository, the open days, the days of visitors.
        with django_assert_num_queries(5):
            client.get("/metrics/")

    look()
    users = [learner, *(User.objects.create_user(f"learner-{number}", "") for number in range(9))]
    articles = Article.objects.public().listed()
    State.objects.bulk_create(
        State(user=user, article=article, state="done") for user in users for article in articles
    )
    for days_ago in range(40):
        date = datetime.now(UTC).date() - timedelta(days=days_ago)
        VisitorDay.objects.create(date=date, count=days_ago)
    RepositoryFigures.objects.create(name="owner/name", stars=1, forks=1)
    call_command("refresh_metrics")
    look()
    response = client.get("/metrics/")
    assert not response.cookies
    assert response["Cache-Control"] == "private, no-store"
