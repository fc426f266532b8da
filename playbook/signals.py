"""Signals of the project, which apps receive."""

from django.dispatch import Signal

database_restored = Signal()
"""Sent when the whole content of the database was replaced, before it is committed."""
