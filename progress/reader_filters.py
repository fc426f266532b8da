"""Register the filters of the table that depend on the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from catalog.reader_filters import ReaderFilter, registered
from progress.models import Confidence
from progress.states import StateName

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def state_labels() -> Mapping[str, StrOrPromise]:
    return dict(StateName.choices)


def confidence_labels() -> Mapping[str, StrOrPromise]:
    return {str(value): label for value, label in Confidence.choices}


def register_all() -> None:
    registered["state"] = ReaderFilter(_("My state"), state_labels)
    registered["confidence"] = ReaderFilter(
        _("My confidence"), confidence_labels, is_for_visitors=False
    )
