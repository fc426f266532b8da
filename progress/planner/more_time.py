"""More time today: the cards and the practice the list lacks, then what comes next to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from progress.planner.day_lists import ListedPart
from progress.planner.plan_parts import MINUTES_FOR_A_CARD, Part, PartKind, Task
from progress.planner.planning import Planning
from progress.planner.schedule import days_from, schedule
from progress.recall.deck import Deck

SUNDAY = 6


def lengthened(
    planning: Planning, kept: Sequence[ListedPart], minutes: int
) -> Sequence[ListedPart]:
    """Return the list with so many minutes in all; what is on it stays in its order."""
    with_cards = _with_cards(planning, kept, minutes - _minutes_of(kept))
    listed = _with_practice(planning, with_cards, minutes)
    spare = minutes - _minutes_of(listed)
    return _joined(listed, _more(planning, listed, spare)) if spare > 0 else listed


def _minutes_of(listed: Sequence[ListedPart]) -> int:
    return sum(each.part.minutes for each in listed)


def _with_cards(planning: Planning, kept: Sequence[ListedPart], spare: int) -> Sequence[ListedPart]:
    """Return the list with the cards due that are not on it, unless the learner ticked them."""
    listed = next((each for each in kept if each.part.kind is PartKind.RECALL), None)
    if listed and listed.is_ticked:
        return kept
    deck = planning.progress.derive(Deck)
    known, before = (listed.part.cards, listed.part.before) if listed else (0, deck.reviewed_count)
    missing = deck.due_count - max(known - (deck.reviewed_count - before), 0)
    more = min(missing, spare // MINUTES_FOR_A_CARD)
    if more <= 0:
        return kept
    cards = known + more
    taken = cards * MINUTES_FOR_A_CARD
    longer = ListedPart(Part(PartKind.RECALL, taken, before=before, total=taken, cards=cards))
    return [longer, *(each for each in kept if each is not listed)]


def _with_practice(
    planning: Planning, listed: Sequence[ListedPart], minutes: int
) -> Sequence[ListedPart]:
    """Return the list with practice after the cards, if today is a day for it and has the time."""
    practice = _practice_of(planning, minutes)
    if practice is None or practice.minutes > minutes - _minutes_of(listed):
        return listed
    kinds = [each.part.kind for each in listed]
    if PartKind.PRACTICE in kinds:
        return listed
    place = kinds.count(PartKind.RECALL)
    return [*listed[:place], ListedPart(practice), *listed[place:]]


def _practice_of(planning: Planning, minutes: int) -> Part | None:
    """Return the practice of this week that falls on today with so many minutes."""
    today = planning.today
    sunday = today + timedelta(days=SUNDAY - today.weekday())
    last = min(sunday, planning.last_day or sunday)
    days = days_from(today, last, planning.plan.minutes, {today: minutes})
    parts = schedule(days, [], practice=planning.wish).days[0].parts
    return parts[0] if parts else None


def _more(planning: Planning, listed: Sequence[ListedPart], minutes: int) -> Sequence[Part]:
    """Return what there is to read after the parts of today, in so many minutes."""
    parts = [each.part for each in listed]
    planned = {part.key: part.before + part.minutes for part in parts if part.key}
    tasks = [_after(task, planned.get(task.key, 0)) for task in planning.tasks.tasks()]
    rest = [task for task in tasks if task.minutes_done < task.minutes]
    return schedule([(planning.today, minutes)], rest).days[0].parts


def _after(task: Task, minutes_done: int) -> Task:
    return task._replace(minutes_done=max(task.minutes_done, minutes_done))


def _joined(listed: Sequence[ListedPart], more: Sequence[Part]) -> Sequence[ListedPart]:
    """Return the parts with more, where two of one thing become one."""
    joined = list(listed)
    places = {each.part.key: n for n, each in enumerate(joined) if each.part.key}
    for part in more:
        place = places.get(part.key)
        if place is None or joined[place].is_ticked:
            joined.append(ListedPart(part))
        else:
            known = joined[place].part
            longer = known._replace(minutes=known.minutes + part.minutes)
            joined[place] = replace(joined[place], part=longer)
    return joined
