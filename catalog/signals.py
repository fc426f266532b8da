"""The signals that the catalogue sends to the other apps."""

from django.dispatch import Signal

article_merged = Signal()
"""Sent inside the transaction after `duplicate` was merged into `kept` (both `Article`)."""
