"""Database sessions that lock what a visitor keeps in them: the `SESSION_ENGINE`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import transaction
from django.utils import timezone

from accounts import sessions
from catalog.catalog_version import VALUE as CATALOG_VERSION
from progress.reader import ReaderGone

MARKS = "progress"


class SessionStore(db.SessionStore):
    catalog_version = ""
    """The catalog version when this session was read; empty if no session was read."""
    stored_expiry: datetime | None = None

    def load(self) -> dict[str, Any]:
        """Read the session and the catalog version in one query: nearly every page needs both."""
        rows = self.model.objects.filter(expire_date__gt=timezone.now())
        row = rows.filter(session_key=self.session_key).values_list(
            "session_data", "expire_date", CATALOG_VERSION
        )
        for session_data, self.stored_expiry, version in row:
            self.catalog_version = version or ""
            return self.decode(session_data)
        self._session_key = None
        return {}

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        if SESSION_KEY in data:
            row.expire_date = sessions.expires_at(data)
        return row

    def touch(self) -> bool:
        """Postpone the end of an unused session, once a day. Return whether that was due."""
        expires_at = sessions.expires_at(dict(self.items()))
        if not self.stored_expiry or expires_at - self.stored_expiry < timedelta(days=1):
            return False
        rows = self.model.objects.filter(session_key=self.session_key)
        rows.update(expire_date=expires_at)
        return True

    @classmethod
    def clear_expired(cls) -> None:
        super().clear_expired()
        sessions.delete_orphans()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the session, read it again, and save it at the end.

        Raise `ReaderGone` if another request ended it by signing in or out.
        """
        with transaction.atomic():
            row = self._locked_row()
            if row is None:
                raise ReaderGone
            self._session_cache = self.decode(row.session_data)
            yield
            self.save()
        # The middleware must not save it again, over what came after the lock.
        self.modified = False

    def cycle_key(self) -> None:
        """Keep the marks that another tab made while this request signed in."""
        with transaction.atomic():
            row = self._locked_row()
            stored = self.decode(row.session_data) if row else {}
            if MARKS in stored:
                self[MARKS] = stored[MARKS]
            super().cycle_key()

    def _locked_row(self) -> AbstractBaseSession | None:
        rows = self.model.objects.select_for_update()
        return rows.filter(session_key=self.session_key).first()
