"""Generate any number of learners, with states and events, by SQL in the database.

Every learner follows the same script of a hundred changes to forty articles, but with different
articles and at different times. The rows are inserted step by step for all learners, which orders
them by time, as in real use: the rows of one learner are not next to each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from bench.data.inserts import large_inserts
from catalog.models import Article, Status
from progress.models import Event, State

ARTICLES = 60
"""More than the playbook has: the others have left it and are retired."""
STATES, EVENTS = 40, 100
TWO_YEARS = timedelta(days=730)
# The states after `todo`, by the number of changes. `*` marks an undo of the change before it.
CHAINS = {
    1: ("done", "skipped", "reading"),
    2: ("reading done", "reading skipped", "skipped done"),
    3: ("reading todo* done", "reading done reading", "skipped todo* reading"),
    4: ("reading done reading done", "reading todo* reading done", "done todo* reading skipped"),
}


@dataclass(frozen=True)
class Step:
    """A change of one of the learner's articles, and the number of the step that it undoes."""

    number: int
    article: int
    before: str
    after: str
    undoes: int | None = None
    is_last: bool = False


def script() -> list[Step]:
    """Return the hundred changes in order: the first of each article, then the second of each."""
    chains = [CHAINS[1 + n % 4][n // 4 % 3].split() for n in range(STATES)]
    turns = [(turn, n) for turn in range(4) for n, chain in enumerate(chains) if turn < len(chain)]
    number_of = {place: number for number, place in enumerate(turns)}
    return [
        Step(
            number_of[turn, n],
            article=n,
            before=chains[n][turn - 1].rstrip("*") if turn else "todo",
            after=chains[n][turn].rstrip("*"),
            undoes=number_of[turn - 1, n] if chains[n][turn].endswith("*") else None,
            is_last=turn + 1 == len(chains[n]),
        )
        for turn, n in turns
    ]


def fill(learners: int) -> None:
    """Add the learners to a database that has the shipped playbook and no learners."""
    retire_articles()
    with large_inserts(User, Event, State), connection.cursor() as cursor:
        for statement, parameters in statements(learners):
            cursor.execute(statement, parameters)


def retire_articles() -> None:
    """Add retired articles until there is one for each state of a learner."""
    status = Status.objects.get(slug="published")
    for number in range(ARTICLES - Article.objects.count()):
        title = f"An older article, number {number + 1}"
        Article.objects.create(title=title, status=status, retired_at=timezone.now())


def statements(learners: int) -> Iterator[tuple[str, list[str | int]]]:
    articles = Article.objects.order_by("pk").values_list("pk", flat=True)[:ARTICLES]
    now = timezone.now().replace(microsecond=0)
    stored_now = stored(now)
    yield NUMBERS[connection.vendor], [learners]
    yield "CREATE TEMPORARY TABLE bench_article (place integer PRIMARY KEY, id bigint)", []
    for place, article_id in enumerate(articles):
        yield "INSERT INTO bench_article VALUES (%s, %s)", [place, article_id]
    yield USERS, [stored_now]
    yield SESSIONS, [stored(now + TWO_YEARS)]
    for step in script():
        parts = {"at": moment(step.number), "article": f"(n * 7 + {step.article}) %% {ARTICLES}"}
        parts["id"] = f"{step.number} * {learners} + n"
        parts["undoes"] = "NULL" if step.undoes is None else f"{step.undoes} * {learners} + n"
        yield EVENTS_OF_STEP.format(**parts), [step.before, step.after, stored_now]
        if step.is_last:
            yield STATES_OF_STEP.format(**parts), [step.after, stored_now]
    yield "DROP TABLE bench_number", []
    yield "DROP TABLE bench_article", []


def stored(at: datetime) -> Any:
    """Return the time as the database stores it; SQLite stores text in UTC."""
    return connection.ops.adapt_datetimefield_value(at)


def moment(step: int) -> str:
    """Return SQL for the time of this step of learner `n`; steps spread evenly over two years."""
    between = int(TWO_YEARS.total_seconds()) // EVENTS
    seconds = f"({(EVENTS - step) * between} - (n * 7919) %% {between})"
    if connection.vendor == "sqlite":
        return f"datetime(%s, '-' || {seconds} || ' seconds')"
    return f"%s::timestamptz - {seconds} * interval '1 second'"


NUMBERS = {
    "sqlite": """
        CREATE TEMPORARY TABLE bench_number AS WITH RECURSIVE
        counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < %s)
        SELECT n FROM counted""",
    "postgresql": """
        CREATE TEMPORARY TABLE bench_number AS
        SELECT n FROM generate_series(1, %s) AS counted (n)""",
}
USERS = """
    INSERT INTO accounts_user (id, username, password, first_name, last_name, email, is_superuser,
        is_staff, is_active, date_joined, time_zone, shows_streak, marks_reading_on_open)
    SELECT n, 'learner-' || n, '!', '', '', '', false, false, true, %s, '', true, false
    FROM bench_number ORDER BY n"""
# Sessions of nobody, to fill the table. The measured learners get real ones.
SESSIONS = """
    INSERT INTO django_session (session_key, session_data, expire_date)
    SELECT 'bench-' || n, 'e30:of-nobody-but-as-long-as-those-of-a-learner-are-in-the-table-which'
        || '-is-something-over-a-hundred-and-fifty-characters-and-a-signature-' || n, %s
    FROM bench_number ORDER BY n"""
EVENTS_OF_STEP = """
    INSERT INTO progress_event
        (id, user_id, article_id, from_state, to_state, happened_at, undoes_id)
    SELECT {id}, n, bench_article.id, %s, %s, {at}, {undoes}
    FROM bench_number JOIN bench_article ON place = {article} ORDER BY n"""
STATES_OF_STEP = """
    INSERT INTO progress_state (user_id, article_id, state, changed_at)
    SELECT n, bench_article.id, %s, {at}
    FROM bench_number JOIN bench_article ON place = {article} ORDER BY n"""
