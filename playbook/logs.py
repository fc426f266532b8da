import logging
from copy import copy
from http import HTTPStatus


class LineFormatter(logging.Formatter):
    """A request that was refused is one line; what broke comes with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            record = copy(record)
            record.exc_info = record.exc_text = None
        return super().format(record)
