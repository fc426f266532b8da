"""Sessions that fail for a reason that nobody foresaw."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions


class SessionStore(DatabaseSessions):
    def load(self) -> dict[str, Any]:
        raise RuntimeError("something unforeseen")
