"""How a line of the log looks, for a person at a terminal and for a store of logs."""

import logging
import traceback
from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import responses
from types import TracebackType
from typing import Any, TypeAlias

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from playbook import tracing

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

OURS = ("view", "method", "status", "milliseconds")
"""What a line of ours says beside its words."""


class LineFormatter(logging.Formatter):
    """A request that was refused is one line; what broke comes with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy(record)
        record.request_id = tracing.current_id.get() or "-"
        if is_refusal(record):
            record.exc_info = record.exc_text = None
        return super().format(record)


class JsonFormatter(BaseJsonFormatter):
    """One object a line, which names nobody: see `without_personal_data`."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(without_personal_data(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's
        return "".join(traceback_of(ei[1])) if ei[1] else ""


def is_refusal(record: logging.LogRecord) -> bool:
    status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
    return bool(status < HTTPStatus.INTERNAL_SERVER_ERROR)


def without_personal_data(record: logging.LogRecord) -> logging.LogRecord:
    """The record as it may leave this machine.

    A request is named by its view, method and status, never by its address, in which there may be
    a key of a mail; an exception by its kind, since its words may quote what a reader typed.
    """
    request = getattr(record, "request", None)
    refusal = is_refusal(record)
    message, args = str(record.msg), record.args
    if request is not None:
        message, args = responses.get(getattr(record, "status_code", 500), ""), ()
    elif isinstance(args, tuple):
        args = tuple(name_of(arg) if isinstance(arg, BaseException) else arg for arg in args)
    bare = logging.LogRecord(
        record.name,
        record.levelno,
        record.pathname,
        record.lineno,
        message,
        args,
        None if refusal else record.exc_info,
    )
    bare.created = record.created
    bare.__dict__.update(facts_of(record, request))
    return bare


def facts_of(record: logging.LogRecord, request: Any) -> dict[str, Any]:
    facts = {name: record.__dict__[name] for name in OURS if name in record.__dict__}
    if request is not None:
        facts |= {
            "view": tracing.view_name(request),
            "method": tracing.method(request),
            "status": getattr(record, "status_code", None),
        }
    if record.exc_info and record.exc_info[1]:
        facts["exception"] = name_of(record.exc_info[1])
    return {"request_id": tracing.current_id.get(), **facts}


def name_of(error: BaseException) -> str:
    """Its kind; of a database's trouble with itself, which quotes no row, also the first line."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    words = str(error).partition("\n")[0] if "OperationalError" in kinds else ""
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def traceback_of(error: BaseException) -> Iterator[str]:
    """The lines of code that led to it, and to what it came of; no values."""
    if origin := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        yield from traceback_of(origin)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{name_of(error)}\n"
