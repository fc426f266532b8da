"""The states with which PostgreSQL answers statements that it refuses, of those that we tell apart.

psycopg has a class of error for each, but importing it costs every worker on SQLite 8 MB.
https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

READ_ONLY = "25006"
DEADLOCK = "40P01"
DISK_FULL = "53100"
LOCK_NOT_AVAILABLE = "55P03"
QUERY_CANCELED = "57014"


def sqlstate_of(error: BaseException | None) -> str | None:
    """Return the state of an error of psycopg; None for any other error."""
    state: str | None = getattr(error, "sqlstate", None)
    return state
