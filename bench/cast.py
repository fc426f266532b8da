"""Whose requests are measured: what filling a database says, and the bench reads."""

from typing import TypedDict


class Reader(TypedDict):
    """A learner with the cookie of their session, and their state with each listed article."""

    session: str
    pk: int
    states: dict[str, str]


class Cast(TypedDict):
    """Who reads, and for each run who writes, so that every run finds untouched states."""

    readers: list[Reader]
    writers: list[list[Reader]]
