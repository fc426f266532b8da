from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.cases.models import Case

PARTS: dict[str, Any] = {
    "brief": "Design the booking of numbered seats. A popular concert sells 60,000 in ten minutes.",
    "question_lines": "How long is a seat held?\nTen minutes.\n\nMay a seat be sold twice?\nNever."
    "\n\nWho sets prices?\nThe organiser.",
    "stage_lines": "Requirements: 5\nEstimates: 5\nInterface: 10\nHigh-level design: 15\n"
    "Deep dives: 15",
    "twist": "One region is lost. Sales go on.",
    "twist_minute": 25,
    "rubric_lines": "Requirements: Asks how long a seat is held.\nInterface: Holds and books.\n"
    "Data model: One row a seat.\nHigh-level design: Names the owner.\nDeep dive: No seat twice.",
    "requirements": "**Functional**\n\n- Hold a seat for ten minutes",
    "estimate_input_lines": "users: 10M",
    "estimate_lines": "Holds a second: 60,000 seats ÷ 600 s = 100 /s",
    "interface": "```\nPOST /holds -> 201\n```",
    "data_model": "| table | key |\n|---|---|\n| holds | seat |",
    "diagram": "client -> gateway -> db",
    "deep_dives": "### Holding a seat\n\nOne row.\n\n### A full queue\n\nA waiting room.",
    "failure_modes": "- **The database fails** – nobody books.",
    "trade_offs": "- A row a seat; with a million seats, a bitmap.",
    "article_lines": "ticket-booking-system\npayment-wallet",
}
"""The parts of a case in which nothing is wrong."""


@pytest.fixture
def client(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def add(playbook: None) -> Callable[..., Case]:
    """Return a function that adds a case, after those that it added."""
    Case.objects.all().delete()

    def add(title: str = "Ticket booking", **values: Any) -> Case:
        own = {"slug": title.lower().replace(" ", "-"), "number": Case.objects.count() + 1}
        case = Case(title=title, **{**PARTS, **own, **values})
        case.full_clean()
        case.save()
        return case

    return add
