"""New articles, changes since a learner read an article, and the notice when the playbook grew."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.history.article_history import ArticleHistory
from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Article, Entry, Section, Status
from catalog.snapshot import current
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.states import StateName

pytestmark = pytest.mark.usefixtures("playbook")

DAY = timedelta(days=1)
SLUG = "ticket-booking-system"
CHANGED = "Changed since you read it"


@pytest.fixture
def learner(playbook: None) -> User:
    """Return a learner who joined after the playbook was loaded."""
    return User.objects.create_user("learner", "learner@example.org", "a-learner's-password")


@pytest.fixture
def reader(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def add(number: int, status: str = "published", *, is_listed: bool = True) -> Article:
    article = Article.objects.create(
        title=f"Added {number}",
        url=f"https://example.org/added/{number}",
        status=Status.objects.get(slug=status),
    )
    if is_listed:
        place(article)
    return article


def place(article: Article) -> Entry:
    section = Section.objects.get(slug="code-execution-contests")
    return Entry.objects.create(section=section, article=article, number=90, title=article.title)


def make_old() -> None:
    """Backdate the playbook by a month."""
    then = timezone.now() - 30 * DAY
    for model in (Article, Entry):
        model._default_manager.update(added_at=then)
        records_of(model).update(history_date=then)


def retitle(title: str, slug: str = SLUG) -> Article:
    article = Article.objects.get(slug=slug)
    article.title = title
    article.save()
    return article


def mark(learner: User, slug: str = SLUG, state: StateName = StateName.DONE) -> None:
    LearnerProgress(learner).set(Article.objects.get(slug=slug), state)


def text(client: Client, address: str) -> str:
    page = re.sub(r"<[^>]+>", " ", client.get(address).content.decode())
    return re.sub(r"\s+", " ", page)


def new_on(client: Client, address: str) -> int:
    return text(client, address).count("New since your last visit")


# --- New since the last visit


def test_articles_from_before_the_learner_joined_are_not_new(reader: Client) -> None:
    assert new_on(reader, "/") == 0
    assert "New for you" not in text(reader, "/me/")


def test_an_article_added_since_is_new_in_every_table_and_on_its_page(reader: Client) -> None:
    reader.get("/")
    add(1)
    for address in ("/", "/articles/", "/sections/code-execution-contests/", "/articles/added-1/"):
        assert new_on(reader, address) == 1, address
    assert "1 new article since you joined Added 1" in text(reader, "/me/")
    assert new_on(Client(), "/") == 0


def test_an_article_stays_new_for_the_day_it_is_first_seen(reader: Client, learner: User) -> None:
    make_old()
    add(1)
    User.objects.update(visit_began_at=timezone.now() - DAY, date_joined=timezone.now() - 9 * DAY)
    assert [new_on(reader, "/"), new_on(reader, "/")] == [1, 1]
    learner.refresh_from_db()
    assert learner.new_since == learner.previous_visit_at
    # The next visit that begins after one at which it was there already.
    User.objects.update(visit_began_at=timezone.now(), previous_visit_at=timezone.now())
    assert new_on(reader, "/") == 0


def test_a_visit_is_a_day_in_the_learners_time_zone(
    reader: Client, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.time_zone = "Asia/Tokyo"
    learner.save()
    visits = []
    for hour in (17, 18, 20, 23, 42):  # from 19:00 on it is the next study day in Tokyo
        now = datetime(2030, 1, 1, tzinfo=timezone.get_fixed_timezone(0)) + timedelta(hours=hour)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        reader.force_login(learner)
        reader.get("/")
        learner.refresh_from_db()
        assert learner.visit_began_at
        visits.append(learner.visit_began_at.astimezone(timezone.get_fixed_timezone(0)).hour)
    assert visits == [17, 17, 20, 20, 20]


def test_a_visit_takes_one_statement_a_day(
    reader: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader.get("/")
    # The session with the catalog version, the account, the states, the cards, the key points and
    # the notes.
    with django_assert_num_queries(6) as later:
        reader.get("/")
    User.objects.update(visit_began_at=timezone.now() - DAY)
    with django_assert_num_queries(len(later) + 1):
        reader.get("/")


def test_a_cached_page_shows_new_articles_at_the_next_visit(reader: Client) -> None:
    User.objects.update(visit_began_at=timezone.now() - DAY, date_joined=timezone.now() - 9 * DAY)
    add(1)
    kept = reader.get("/")["ETag"]
    assert reader.get("/", headers={"If-None-Match": kept}).status_code == 304
    User.objects.update(previous_visit_at=timezone.now())
    assert reader.get("/", headers={"If-None-Match": kept}).status_code == 200


def test_pages_are_shown_while_the_database_is_read_only(
    transactional_db: None, reader: Client, caplog: pytest.LogCaptureFixture
) -> None:
    is_postgresql = connection.vendor == "postgresql"
    switch = "SET default_transaction_read_only = " if is_postgresql else "PRAGMA query_only = "
    with connection.cursor() as cursor:
        cursor.execute(f"{switch} on")
        try:
            assert reader.get("/").status_code == 200
        finally:
            cursor.execute(f"{switch} off")
    assert "A visit could not be stored" in caplog.text
    assert User.objects.get().visit_began_at is None


# --- Articles that start to count


def new_since(at: datetime) -> set[str]:
    snapshot = current(User())
    return {snapshot.by_pk[pk].title for pk in ArticleHistory(snapshot).new_since(at)}


def published(article: Article) -> None:
    article.status = Status.objects.get(slug="published")
    article.save()


def back_again(article: Article) -> None:
    article.restore()


def moved(article: Article) -> None:
    """Move the article to a different section, as an import does."""
    article.entries.retire()
    section = Section.objects.exclude(entries__article=article).earliest("number")
    Entry.objects.create(section=section, article=article, number=80, title=article.title)


@pytest.mark.parametrize(
    ("before", "later", "is_new"),
    [
        pytest.param(lambda: add(1, "draft"), published, True, id="published"),
        pytest.param(lambda: add(1, is_listed=False), place, True, id="listed"),
        pytest.param(lambda: add(1), lambda article: None, False, id="there already"),
        pytest.param(lambda: add(1), lambda a: retitle("Other", a.slug), False, id="retitled"),
        pytest.param(lambda: add(1, "draft"), lambda article: None, False, id="still a draft"),
        pytest.param(lambda: add(1), moved, False, id="moved"),
    ],
)
def test_an_article_is_new_when_it_starts_to_count(
    before: Callable[[], Article], later: Callable[[Article], object], is_new: bool
) -> None:
    article = before()
    at = timezone.now()
    later(article)
    article.refresh_from_db()
    assert new_since(at) == ({article.title} if is_new else set())


def test_a_restored_article_is_new_unless_it_was_away_only_briefly() -> None:
    article = add(1)
    at = timezone.now()
    article.retire()
    away = timezone.now()
    article.restore()
    assert new_since(at) == set()
    assert new_since(away) == {"Added 1"}


def test_a_deleted_status_counts_as_before() -> None:
    status = Status.objects.create(slug="out", number=9, label="Out", is_countable=True)
    add(1, "out")
    add(2, "draft")
    at = timezone.now()
    for article in Article.objects.filter(slug__startswith="added"):
        published(article)
    status.delete()
    assert new_since(at) == {"Added 2"}


def replaced(article: Article) -> Article:
    """Import an unrecognised duplicate of an article, then merge the two as an editor does."""
    section = article.entries.get().section
    article.entries.retire()
    article.retire()
    new = add(1, is_listed=False)
    Entry.objects.create(section=section, article=new, number=1, title=new.title)
    merge_articles(new, article)
    return new


def test_a_kept_article_is_as_old_as_its_duplicate(reader: Client, learner: User) -> None:
    other = Article.objects.listed().filter(status__is_countable=True).exclude(slug=SLUG)[0]
    mark(learner, other.slug)
    at = timezone.now()
    replaced(Article.objects.get(slug=SLUG))
    assert new_since(at) == set()
    assert "when you joined" not in text(reader, "/")


def test_a_kept_article_that_was_a_draft_before_the_merge_is_new() -> None:
    draft = add(2, "draft")
    at = timezone.now()
    replaced(draft)
    assert new_since(at) == {"Added 1"}


# --- Changed since they read it


@pytest.mark.same_everywhere
def test_the_difference_is_shown_word_by_word(reader: Client, learner: User) -> None:
    mark(learner)
    assert CHANGED not in text(reader, "/")
    retitle("Ticket Booking Systems")
    entry = Entry.objects.get(article__slug=SLUG)
    old, entry.what_you_learn = entry.what_you_learn, "Holding a seat"
    entry.save()
    assert text(reader, "/").count(CHANGED) == 1
    assert text(reader, "/articles/?state=done").count(CHANGED) == 1
    page = reader.get(f"/articles/{SLUG}/").content.decode()
    assert CHANGED in page
    assert "Ticket Booking <del>System</del><ins>Systems</ins>" in page
    assert "Holding" in page
    assert f"<del>{old.split()[0]}" in page
    assert "1 article changed since you read it" in text(reader, "/me/")
    assert CHANGED not in text(Client(), f"/articles/{SLUG}/")


@pytest.mark.parametrize("state", [StateName.TODO, StateName.READING, StateName.SKIPPED])
def test_a_learner_who_has_not_read_the_article_sees_no_change(
    reader: Client, learner: User, state: StateName
) -> None:
    mark(learner, state=StateName.DONE)
    mark(learner, state=state)
    retitle("Other")
    assert CHANGED not in text(reader, "/") + text(reader, f"/articles/{SLUG}/")


def test_a_change_that_was_reverted_is_not_shown(reader: Client, learner: User) -> None:
    mark(learner)
    retitle("Other")
    assert CHANGED in text(reader, f"/articles/{SLUG}/")
    retitle("Ticket Booking System")
    assert CHANGED not in text(reader, f"/articles/{SLUG}/")


def test_moving_or_renumbering_is_not_a_change_of_the_article(
    reader: Client, learner: User
) -> None:
    mark(learner)
    Entry.objects.filter(article__slug=SLUG).change(number=77)
    moved(Article.objects.get(slug=SLUG))
    assert "Title" not in text(reader, f"/articles/{SLUG}/").split(CHANGED)[-1][:200]


def test_an_undo_does_not_count_as_reading(reader: Client, learner: User) -> None:
    mark(learner)
    retitle("Other")
    change = LearnerProgress(learner).set(Article.objects.get(slug=SLUG), StateName.TODO)
    assert change.event_id
    LearnerProgress(learner).undo(change.event_id)
    assert CHANGED in text(reader, f"/articles/{SLUG}/")


def test_reading_an_article_again_counts_as_reading(reader: Client, learner: User) -> None:
    mark(learner)
    retitle("Other")
    mark(learner, state=StateName.READING)
    mark(learner)
    assert CHANGED not in text(reader, f"/articles/{SLUG}/")


def test_values_from_a_hidden_period_are_not_shown(reader: Client, learner: User) -> None:
    mark(learner)
    article = Article.objects.get(slug=SLUG)
    article.status, article.title = Status.objects.get(slug="draft"), "A secret"
    article.save()
    assert "A secret" not in text(reader, "/")
    published(article)
    retitle("Told again")
    page = text(reader, f"/articles/{SLUG}/") + text(reader, "/me/")
    assert "Told again" in page
    assert "secret" not in page


def write_while_hidden(article: Article) -> datetime:
    """Save values that only editors see and return the time at which that was."""
    entry = article.entries.get()
    description = entry.what_you_learn
    article.status, article.title = Status.objects.get(slug="draft"), "A secret"
    article.save()
    entry.what_you_learn = "A secret too"
    entry.save()
    at = timezone.now()
    entry.what_you_learn, article.title = description, "Told again"
    entry.save()
    published(article)
    return at


def test_no_requested_time_reveals_hidden_values(reader: Client, learner: User) -> None:
    mark(learner)
    at = write_while_hidden(Article.objects.get(slug=SLUG))
    changes_seen(reader, until=at.isoformat(), article=SLUG)
    page = reader.get(f"/articles/{SLUG}/").content.decode()
    assert "<del>Ticket Booking System</del>" in page
    assert "secret" not in page + text(reader, "/me/")


def test_a_merge_is_a_change_for_readers_of_the_duplicate(reader: Client, learner: User) -> None:
    mark(learner)
    kept = replaced(Article.objects.get(slug=SLUG))
    page = reader.get(kept.get_absolute_url()).content.decode()
    assert "<del>Ticket Booking System</del><ins>Added 1</ins>" in page
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until
    changes_seen(reader, until=until[1], article=kept.slug)
    assert CHANGED not in text(reader, kept.get_absolute_url()) + text(reader, "/")


def test_values_from_a_draft_period_are_not_shown(reader: Client, learner: User) -> None:
    kept = add(1, "draft")
    mark(learner)
    kept.title = "Told at last"
    kept.save()
    published(kept)
    merge_articles(kept, Article.objects.get(slug=SLUG))
    page = reader.get(kept.get_absolute_url()).content.decode()
    assert "<del>Ticket Booking System</del><ins>Told at last</ins>" in page
    assert "<del>Added 1</del>" not in page


# --- Acknowledging a change


def changes_seen(client: Client, **values: str) -> int:
    return client.post(reverse("progress:changes_acknowledge"), values).status_code


def until_of(client: Client) -> str:
    page = client.get(f"/articles/{SLUG}/").content.decode()
    match = re.search(r'name="until" value="([^"]+)"', page)
    assert match
    return match[1]


def test_dismissing_a_change_hides_it_until_the_next_change(reader: Client, learner: User) -> None:
    mark(learner)
    retitle("Other")
    until = until_of(reader)
    for _time in range(2):
        assert changes_seen(reader, until=until, article=SLUG) == 302
        assert CHANGED not in text(reader, f"/articles/{SLUG}/") + text(reader, "/")
    assert State.objects.get().state == StateName.DONE
    retitle("Another one again")
    page = reader.get(f"/articles/{SLUG}/").content.decode()
    assert "<del>Other</del>" in page
    assert "Ticket" not in page.split("changed-words")[1].split("</dl>")[0]


def test_a_change_after_the_page_was_rendered_is_still_shown(reader: Client, learner: User) -> None:
    mark(learner)
    retitle("Other")
    until = until_of(reader)
    retitle("Later")
    changes_seen(reader, until=until)
    assert "<del>Other</del><ins>Later</ins>" in reader.get(f"/articles/{SLUG}/").content.decode()


def test_changes_of_hidden_articles_cannot_be_acknowledged(reader: Client, learner: User) -> None:
    mark(learner)
    article = retitle("A secret")
    article.status = Status.objects.get(slug="draft")
    article.save()
    changes_seen(reader, until=timezone.now().isoformat())
    published(article)
    retitle("Told again")
    page = reader.get(f"/articles/{SLUG}/").content.decode()
    assert "<del>Ticket Booking System</del>" in page
    assert "secret" not in page


def test_changes_cannot_be_acknowledged_in_advance(reader: Client, learner: User) -> None:
    mark(learner)
    changes_seen(reader, until=(timezone.now() + 9 * DAY).isoformat())
    retitle("Other")
    assert CHANGED in text(reader, f"/articles/{SLUG}/")


def test_acknowledging_a_change_affects_only_that_learner(reader: Client, learner: User) -> None:
    other = User.objects.create_user("other", "other@example.org", "another-password")
    mark(learner)
    mark(other)
    retitle("Other")
    changes_seen(reader, until=timezone.now().isoformat())
    assert LearnerProgress(learner).changed_articles == {}
    assert len(LearnerProgress(other).changed_articles) == 1


def test_invalid_input_changes_nothing(reader: Client, learner: User) -> None:
    mark(learner)
    retitle("Other")
    assert changes_seen(reader) == 400
    assert changes_seen(reader, until="yesterday") == 400
    assert changes_seen(reader, until="0001-01-01T00:00:00+14:00") == 400
    assert changes_seen(reader, until=timezone.now().isoformat(), article="nowhere") == 404
    assert changes_seen(reader, until=timezone.now().isoformat(), reader="999") == 409
    assert CHANGED in text(reader, f"/articles/{SLUG}/")
    assert changes_seen(Client(), until=timezone.now().isoformat()) == 302


def reteach(slug: str = SLUG) -> Article:
    entry = Entry.objects.select_related("article").filter(article__slug=slug)[0]
    entry.what_you_learn = "Waiting rooms"
    entry.save()
    return entry.article


def read_earlier(days: int) -> None:
    """Backdate what learners did, as in the demo, but not the playbook."""
    then = timezone.now() - days * DAY
    Event.objects.update(happened_at=then)
    State.objects.update(changed_at=then)


@pytest.mark.parametrize("days", [0, 3, 30, 400])
@pytest.mark.parametrize("change", [lambda: retitle("Booking of tickets"), reteach])
def test_a_change_of_an_article_that_was_read_before_its_history_began_is_told(
    learner: User, days: int, change: Callable[[], Article]
) -> None:
    mark(learner)
    mark(learner, "payment-wallet")
    read_earlier(days)
    assert LearnerProgress(learner).changed_articles == {}
    article = change()
    assert [*LearnerProgress(learner).changed_articles] == [article.pk]


@pytest.mark.parametrize("days", [0, 30])
def test_a_merge_of_an_article_that_was_read_before_its_history_began_is_told(
    learner: User, days: int
) -> None:
    mark(learner)
    read_earlier(days)
    kept = add(1)
    merge_articles(kept, Article.objects.get(slug=SLUG))
    updates = LearnerProgress(learner).changed_articles
    assert [change.old for change in updates[kept.pk].changes][:1] == ["Ticket Booking System"]


def test_an_article_that_was_read_while_it_was_not_listed_has_no_earlier_text(
    learner: User,
) -> None:
    entry = Entry.objects.get(article__slug=SLUG)
    entry.retire()
    mark(learner)
    entry.restore()
    reteach()
    assert LearnerProgress(learner).changed_articles == {}


def test_an_article_that_was_a_draft_first_is_compared_with_what_readers_could_see(
    learner: User,
) -> None:
    article = add(1, "draft")
    article.title = "Edited as a draft"
    article.status = Status.objects.get(slug="published")
    article.save()
    LearnerProgress(learner).set(article, StateName.DONE)
    read_earlier(30)
    assert LearnerProgress(learner).changed_articles == {}
    article.title = "Edited in public"
    article.save()
    (change,) = LearnerProgress(learner).changed_articles[article.pk].changes
    assert (change.old, change.new) == ("Edited as a draft", "Edited in public")


def test_query_count_does_not_depend_on_the_changed_articles(
    reader: Client, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    slugs = list(Article.objects.public().values_list("slug", flat=True))
    for slug in slugs:
        mark(learner, slug)
    retitle("Other", slugs[0])
    reader.get("/")
    # The queries of a page without changes, the cards of finished articles, the reading times.
    with django_assert_num_queries(7):
        reader.get("/")
    for slug in slugs:
        retitle(f"Other {slug}", slug)
    reader.get("/")
    with django_assert_num_queries(7):
        page = reader.get("/")
    assert page.content.decode().count(CHANGED) >= len(slugs)


def test_reading_times_use_the_index_on_the_article(learner: User) -> None:
    read = State.objects.for_user(learner).finished().with_read_at()
    plan = read.values_list("read_at").explain()
    assert "event_user_happened_at" not in plan


# --- The notice when the playbook grew


def test_the_page_reports_growth_of_the_playbook(reader: Client, learner: User) -> None:
    slugs = list(Article.objects.listed().values_list("slug", flat=True))
    countable = [slug for slug in slugs if Article.objects.get(slug=slug).is_countable]
    for slug in countable[:31]:
        mark(learner, slug)
    assert "when you joined" not in text(reader, "/")
    for number in range(7):
        add(number)
    sentence = (
        f"7 new articles ; you finished 31 of the {len(countable)} that were here when you joined"
    )
    assert sentence in text(reader, "/")
    assert sentence in text(reader, "/me/")
    mark(learner, "added-0")
    mark(learner, countable[-1], StateName.SKIPPED)
    number = len(countable) - 1
    sentence = f"7 new articles ; you finished 31 of the {number} that were here when you joined"
    assert sentence in text(reader, "/")
    for number in range(7):
        mark(learner, f"added-{number}", StateName.DONE if number % 2 else StateName.SKIPPED)
    assert "when you joined" not in text(reader, "/")


def test_growth_is_not_shown_before_anything_is_done(reader: Client) -> None:
    add(1)
    assert "when you joined" not in text(reader, "/")
