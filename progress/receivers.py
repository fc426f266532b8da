"""What learners did with an article that was merged into another one: the further state wins.

No event is lost. Where a learner had both articles, their events stand in the order of time, each
from the state that the one before it led to; where two of them led to the same state, an event
between them leads back first; and where the last one leads elsewhere than to the further state, one
more does.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q

from accounts.models import User
from catalog.models import Article
from catalog.signals import article_merged
from progress.models import Event, State
from progress.states import StateName

KEYS_AT_ONCE = 10_000
A_MOMENT = timedelta(microseconds=1)


def batched(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """No more keys in one statement than a database takes."""
    return (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: Any
) -> None:
    """The same queries for any number of learners, each of whom waits until it is done."""
    lock_learners(duplicate)
    both = [kept.pk, duplicate.pk]
    states: dict[int, dict[int, State]] = defaultdict(dict)
    for state in State.objects.filter(article__in=both, user__in=learners_with(duplicate)):
        states[state.user_id][state.article_id] = state
    begin_anew, added = chains(kept, duplicate, states)
    lost = [
        min(own.values(), key=lambda one: (StateName(one.state).rank, one.article_id == kept.pk)).pk
        for own in states.values()
        if len(own) == len(both)
    ]
    for keys in batched(lost):
        State.objects.filter(pk__in=keys).delete()
    State.objects.filter(article=duplicate).update(article=kept)
    Event.objects.filter(article=duplicate).update(article=kept)
    for from_state, pks in begin_anew.items():
        for keys in batched(pks):
            Event.objects.filter(pk__in=keys).update(from_state=from_state)
    Event.objects.bulk_create(added)


def learners_with(article: Article) -> Any:
    """The keys of those who have an event or a state on it."""
    with_event = Event.objects.filter(article=article).values("user")
    with_state = State.objects.filter(article=article).values("user")
    return User.objects.filter(Q(pk__in=with_event) | Q(pk__in=with_state)).values("pk")


def lock_learners(duplicate: Article) -> None:
    """In the order of their keys, so that two who lock several never wait for each other."""
    keys = sorted(row["pk"] for row in learners_with(duplicate))
    for some in batched(keys):
        users = User.objects.filter(pk__in=some)
        list(users.order_by("pk").select_for_update().values_list("pk"))
        users.update(progress_version=F("progress_version") + 1)


def chains(
    kept: Article, duplicate: Article, states: Mapping[int, Mapping[int, State]]
) -> tuple[dict[str, list[int]], list[Event]]:
    """Of the learners with events on both: from which state which events begin now, by their keys,
    and the events to add.
    """
    both = [kept.pk, duplicate.pk]
    rows = Event.objects.filter(article__in=both).order_by().values("user")
    with_both = rows.annotate(articles=Count("article", distinct=True)).filter(articles=len(both))
    of_learner: dict[int, list[Event]] = defaultdict(list)
    events = Event.objects.filter(article__in=both, user__in=with_both.values("user"))
    for event in events.order_by("happened_at", "pk"):
        of_learner[event.user_id].append(event)
    begin_anew: dict[str, list[int]] = defaultdict(list)
    added: list[Event] = []
    for user_id, own in of_learner.items():
        ends = [state.state for state in states.get(user_id, {}).values()]
        for event in in_a_chain(own, StateName.further([StateName.TODO, *ends])):
            if event.pk is None:
                event.article = kept
                added.append(event)
            else:
                begin_anew[event.from_state].append(event.pk)
    return begin_anew, added


def in_a_chain(events: list[Event], end: StateName) -> list[Event]:
    """Those of one learner that are new or begin in another state than they did."""
    changed = []
    before = events[0].from_state
    for event in events:
        if event.to_state == before:
            detour = StateName.detour(before)
            changed.append(step(event, before, detour, event.happened_at - A_MOMENT))
            before = detour
        if event.from_state != before:
            event.from_state = before
            changed.append(event)
        before = event.to_state
    if before != end:
        # Not now: nobody read anything on the day of the merge.
        changed.append(step(events[-1], before, end, events[-1].happened_at + A_MOMENT))
    return changed


def step(like: Event, before: str, after: str, at: datetime) -> Event:
    return Event(user_id=like.user_id, from_state=before, to_state=after, happened_at=at)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="progress.on_article_merged")
