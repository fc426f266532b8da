"""Sessions whose database is out of reach."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import OperationalError


class SessionStore(DatabaseSessions):
    def load(self) -> dict[str, Any]:
        raise OperationalError("no connection")
