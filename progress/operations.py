"""Rows whose UUID is that of the operation that made them, so that a form sent twice makes one."""

from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model

_Row = TypeVar("_Row", bound=Model)


class UsedOperation(Exception):
    """The operation was used before: by somebody else, for another thing, or it was undone."""


def create_once(model: type[_Row], operation: UUID, **values: object) -> _Row:
    """Create a row with the UUID of the operation. Raise `UsedOperation` if there is one.

    The caller looks for a row of the learner's own first.
    """
    rows = model._default_manager
    try:
        with transaction.atomic():
            return rows.create(uuid=operation, **values)
    except IntegrityError:
        if rows.filter(uuid=operation).exists():
            raise UsedOperation from None
        raise
