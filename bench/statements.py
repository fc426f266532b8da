"""Compare the statements of `progress/sql.py` with their ORM forms: `python -m bench.statements`.

Both run in turn in this process, 2,000 times each, on a new SQLite database. The result is the
median time of each in microseconds.
"""

import os
from collections.abc import Callable
from statistics import median
from time import perf_counter_ns

RUNS = 2000


def medians(*functions: Callable[[], object]) -> list[float]:
    """Return the median time of each function in microseconds, running them in turn."""
    times: list[list[int]] = [[] for _function in functions]
    for _run in range(RUNS):
        for function, own in zip(functions, times, strict=True):
            start = perf_counter_ns()
            function()
            own.append(perf_counter_ns() - start)
    return [median(own) / 1000 for own in times]


def main() -> None:
    import django

    django.setup()
    from django.db import transaction
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        with transaction.atomic():
            compare()
    finally:
        runner.teardown_databases(databases)


def compare() -> None:
    from django.core.management import call_command
    from django.db.models import F
    from django.db.models.functions import Coalesce
    from django.utils import timezone

    from accounts.models import User
    from catalog.models import Article
    from progress import sql
    from progress.models import Event, State

    call_command("load_playbook", verbosity=0)
    user = User.objects.create(username="learner")
    articles = list(Article.objects.all()[:20])
    now = timezone.now()
    for article in articles:
        State.objects.create(user=user, article=article, state="done")
        for _event in range(3):
            Event.objects.create(user=user, article=article, from_state="todo", to_state="done")
    key = articles[0].pk

    def event() -> Event:
        return Event(user=user, article_id=key, from_state="todo", to_state="done", happened_at=now)

    def state() -> State:
        return State(user=user, article_id=key, state="done", changed_at=now)

    def history_by_orm() -> object:
        events = Event.objects.filter(user=user, article=key).order_by("-happened_at", "-pk")
        fields = ("pk", "from_state", "to_state", "happened_at", "undoes")
        return list(events.values_list(*fields)[:10])

    def current_by_orm() -> object:
        rows = Article.objects.filter(pk__in=[key]).order_by()
        return dict(rows.values_list("pk", Coalesce("merged_into_id", "pk")))

    def lock_by_orm() -> object:
        users = User.objects.filter(pk=user.pk)
        return users.update(progress_version=F("progress_version") + 1)

    def write_state_by_orm() -> object:
        return State.objects.bulk_create(
            [state()],
            update_conflicts=True,
            unique_fields=["user", "article"],
            update_fields=["state", "changed_at"],
        )

    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "states_of": (
            lambda: sql.states_of(user),
            lambda: dict(State.objects.filter(user=user).values_list("article", "state")),
        ),
        "history_of": (lambda: sql.history_of(user, key, 10), history_by_orm),
        "lock_and_resolve": (lambda: sql.lock_and_resolve([key]), current_by_orm),
        "lock_learner": (lambda: sql.lock_learner(user), lock_by_orm),
        "write_event": (lambda: sql.write_event(event()), lambda: event().save(force_insert=True)),
        "write_state": (lambda: sql.write_state(state()), write_state_by_orm),
    }
    for name, functions in pairs.items():
        by_sql, by_orm = medians(*functions)
        print(f"{name}: {by_sql:.0f} µs in SQL, {by_orm:.0f} µs with the ORM")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    main()
