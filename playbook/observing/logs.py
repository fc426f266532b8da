"""Formatters of log lines, for a terminal and for a log store."""

import logging
import traceback
from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import responses
from types import TracebackType
from typing import Any, TypeAlias

from django.urls import Resolver404, resolve
from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from playbook.observing import tracing

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

OURS = ("view", "method", "status", "milliseconds")
"""The facts that a log record of ours carries beside its message."""

SECRET_PARTS = ("secret", "token", "key")
"""The URL parameters that grant access to whoever knows their value."""

SECRET_LENGTH = 20
"""The length from which a part of an unknown address is treated as a secret."""


class LineFormatter(logging.Formatter):
    """Formats a refused request as one line, and an error with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy(record)
        record.request_id = tracing.current_id.get() or "-"
        record.args = without_secrets(record)
        if is_refusal(record):
            record.exc_info = record.exc_text = None
        return super().format(record)


class JsonFormatter(BaseJsonFormatter):
    """Formats each record as one JSON object without personal data."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(without_personal_data(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's
        return "".join(traceback_of(ei[1])) if ei[1] else ""


def is_refusal(record: logging.LogRecord) -> bool:
    status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
    return bool(status < HTTPStatus.INTERNAL_SERVER_ERROR)


def without_secrets(record: logging.LogRecord) -> Any:
    """Return the record's arguments without the secret parts of the request's address."""
    request, args = getattr(record, "request", None), record.args
    if request is None or not isinstance(args, tuple):
        return args
    for secret in _secrets_in(request):
        args = tuple(arg.replace(secret, "…") if isinstance(arg, str) else arg for arg in args)
    return args


def _secrets_in(request: Any) -> list[str]:
    try:
        match = request.resolver_match or resolve(request.path_info)
    except Resolver404:
        # A secret address that was copied with a part too few or too many is still a secret.
        return [part for part in request.path_info.split("/") if len(part) >= SECRET_LENGTH]
    return [str(match.kwargs[name]) for name in SECRET_PARTS if match.kwargs.get(name)]


def without_personal_data(record: logging.LogRecord) -> logging.LogRecord:
    """Return the record without personal data.

    A request is named by its view, method and status, never by its address, which may contain a
    key sent by mail. An exception is named by its type; its message may quote what a reader typed.
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
    """Return the error's type, and the first line of an operational error, which quotes no row."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    message = str(error).partition("\n")[0] if "OperationalError" in kinds else ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def traceback_of(error: BaseException) -> Iterator[str]:
    """Yield the traceback of the error and of its causes, without any values."""
    if origin := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        yield from traceback_of(origin)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{name_of(error)}\n"
