import logging
from copy import copy
from http import HTTPStatus

from playbook import tracing


class LineFormatter(logging.Formatter):
    """A request that was refused is one line; what broke comes with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        record = copy(record)
        record.request_id = tracing.current_id.get() or "-"
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            record.exc_info = record.exc_text = None
        return super().format(record)
