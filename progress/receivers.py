"""Move learners' states and events when an article is merged. The higher rank wins.

No event is lost. The events of a learner who had both articles are put in one chain: ordered by
time, each from the state that the previous event led to. An event is added between two that led to
the same state, and at the end if the last one does not lead to the winning state.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from catalog.models import Article
from catalog.signals import article_merged
from progress import learner_rows
from progress.models import Completion, Event, State
from progress.states import StateName

KEYS_AT_ONCE = 10_000
BATCH_SIZE = 500
A_MOMENT = timedelta(microseconds=1)


def batched(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Split the keys: databases limit the number of parameters in a statement."""
    return (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    """Merge the progress of all learners, in a constant number of queries under a lock."""
    lock_learners(duplicate)
    both = [kept.pk, duplicate.pk]
    states: dict[int, dict[int, State]] = defaultdict(dict)
    for state in State.objects.filter(article__in=both, user__in=learners_with(duplicate)):
        states[state.user_id][state.article_id] = state
    new_from_state, added = chains(kept, duplicate, states)
    lost = [
        min(own.values(), key=lambda one: (StateName(one.state).rank, one.article_id == kept.pk)).pk
        for own in states.values()
        if len(own) == len(both)
    ]
    for keys in batched(lost):
        State.objects.filter(pk__in=keys).delete()
    State.objects.filter(article=duplicate).update(article=kept)
    Event.objects.filter(article=duplicate).update(article=kept)
    for from_state, pks in new_from_state.items():
        for keys in batched(pks):
            Event.objects.filter(pk__in=keys).update(from_state=from_state)
    Event.objects.bulk_create(added)
    merge_completions(kept, duplicate)


def learners_with(article: Article) -> QuerySet[User, int]:
    """Return the primary keys of the learners with a row about the article."""
    has_row = Q()
    for model, user in learner_rows.user_of.items():
        rows = model._default_manager.filter(article=article)
        has_row |= Q(pk__in=rows.order_by().values(user))
    return User.objects.filter(has_row).values_list("pk", flat=True)


def lock_learners(duplicate: Article) -> None:
    """Lock learners in the order of their keys, so that two merges cannot deadlock."""
    keys = sorted(learners_with(duplicate))
    for batch in batched(keys):
        users = User.objects.filter(pk__in=batch)
        list(users.order_by("pk").select_for_update().values_list("pk"))
        users.update(progress_version=F("progress_version") + 1)


def chains(
    kept: Article, duplicate: Article, states: Mapping[int, Mapping[int, State]]
) -> tuple[dict[str, list[int]], list[Event]]:
    """Return the changes that put the events of learners with both articles in a chain.

    The first result has the primary keys of events by their new `from_state`, the second the events
    to add.
    """
    both = [kept.pk, duplicate.pk]
    rows = Event.objects.filter(article__in=both).order_by().values("user")
    with_both = rows.annotate(articles=Count("article", distinct=True)).filter(articles=len(both))
    of_learner: dict[int, list[Event]] = defaultdict(list)
    events = Event.objects.filter(article__in=both, user__in=with_both.values("user"))
    for event in events.order_by("happened_at", "pk"):
        of_learner[event.user_id].append(event)
    new_from_state: dict[str, list[int]] = defaultdict(list)
    added: list[Event] = []
    for user_id, own in of_learner.items():
        ends = [state.state for state in states.get(user_id, {}).values()]
        for event in in_a_chain(own, StateName.further([StateName.TODO, *ends])):
            if event.pk is None:
                event.article = kept
                added.append(event)
            else:
                new_from_state[event.from_state].append(event.pk)
    return new_from_state, added


def in_a_chain(events: list[Event], end: StateName) -> list[Event]:
    """Put one learner's events in a chain and return those that are new or changed."""
    changed = []
    before = events[0].from_state
    for event in events:
        if event.to_state == before:
            detour = StateName.detour(before)
            changed.append(event_like(event, before, detour, event.happened_at - A_MOMENT))
            before = detour
        if event.from_state != before:
            event.from_state = before
            changed.append(event)
        before = event.to_state
    if before != end:
        # Not the current time: the learner did not study on the day of the merge.
        changed.append(event_like(events[-1], before, end, events[-1].happened_at + A_MOMENT))
    return changed


def merge_completions(kept: Article, duplicate: Article) -> None:
    """Keep every key point. Of the minutes the sum stays, of the confidences the later one."""
    of_user = {row.user_id: row for row in Completion.objects.filter(article=kept)}
    merged, repeated = [], []
    for row in Completion.objects.filter(article=duplicate):
        if (own := of_user.get(row.user_id)) is None:
            continue
        first, last = sorted((own, row), key=lambda each: each.updated_at)
        own.key_points = "\n".join(dict.fromkeys([*own.points, *row.points]))
        own.minutes = (own.minutes or 0) + (row.minutes or 0) or None
        own.confidence = last.confidence or first.confidence
        merged.append(own)
        repeated.append(row.pk)
    Completion.objects.bulk_update(merged, ["key_points", "minutes", "confidence"], BATCH_SIZE)
    for keys in batched(repeated):
        Completion.objects.filter(pk__in=keys).delete()
    Completion.objects.filter(article=duplicate).update(article=kept)


def event_like(like: Event, before: str, after: str, at: datetime) -> Event:
    return Event(user_id=like.user_id, from_state=before, to_state=after, happened_at=at)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="progress.on_article_merged")
