"""The list of a study day: fixed when it is first shown, ticked as its parts are done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from playbook.study_day import study_days
from progress.planner.models import DayList
from progress.planner.page_sql import StoredList
from progress.planner.plan_parts import Part, PartKind


@dataclass(frozen=True)
class ListedPart:
    """A part of a day's list, and whether the learner ticked it."""

    part: Part
    is_ticked: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ListedPart:
        values = {**stored}
        is_ticked = values.pop("is_ticked")
        return cls(Part(**{**values, "kind": PartKind(values["kind"])}), is_ticked)

    def as_json(self) -> dict[str, Any]:
        return {**self.part._asdict(), "kind": self.part.kind.value, "is_ticked": self.is_ticked}

    @property
    def id(self) -> str:
        """The name of the part on its day."""
        return self.part.key or self.part.kind.value


def parts_in(day_list: StoredList | DayList) -> list[ListedPart]:
    return [ListedPart.from_json(stored) for stored in day_list.parts]


def listed(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Return the parts as a new list stores them."""
    return [ListedPart(part).as_json() for part in parts]


def ticked(parts: Iterable[ListedPart], part_id: str, *, is_ticked: bool) -> list[dict[str, Any]]:
    """Return the parts, to be stored, with one of them ticked, or not."""
    return [
        (replace(each, is_ticked=is_ticked) if each.id == part_id else each).as_json()
        for each in parts
    ]


def cut_to(
    parts: Sequence[ListedPart], minutes: int, done: Collection[ListedPart]
) -> list[ListedPart]:
    """Return the parts that fit into fewer minutes, in their order; what is done always stays."""
    kept = []
    left = minutes - sum(each.part.minutes for each in done)
    for each in parts:
        if each in done:
            kept.append(each)
        elif left > 0 and (shorter := _shortened(each.part, left)):
            kept.append(replace(each, part=shorter))
            left -= shorter.minutes
    return kept


def _shortened(part: Part, minutes: int) -> Part | None:
    """Return the part with at most so many minutes. None if it cannot be split."""
    if part.minutes <= minutes:
        return part
    if part.kind is PartKind.PRACTICE:
        return None
    cards = min(part.cards, minutes) if part.kind is PartKind.RECALL else part.cards
    return part._replace(minutes=minutes, cards=cards)


def minutes_done(lists: Iterable[StoredList], started_on: Mapping[str, date]) -> Mapping[str, int]:
    """Return the minutes of each article and own item that are done, by its UUID.

    A part is done if it was ticked, or if the article was begun on the part's own day.
    """
    done: dict[str, int] = defaultdict(int)
    for day_list in lists:
        for stored in day_list.parts:
            key = stored["key"]
            if key and (stored["is_ticked"] or started_on.get(key) == day_list.day):
                done[key] += stored["minutes"]
    return done


def begun_on(started_at: Mapping[str, datetime]) -> Mapping[str, date]:
    """Return the study day of each time, by the same key."""
    days = study_days(started_at.values())
    return {key: days[at] for key, at in started_at.items()}
