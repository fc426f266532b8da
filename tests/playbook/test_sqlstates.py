import pytest
from psycopg import errors

from playbook.stores import sqlstates


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (errors.ReadOnlySqlTransaction, sqlstates.READ_ONLY),
        (errors.DeadlockDetected, sqlstates.DEADLOCK),
        (errors.DiskFull, sqlstates.DISK_FULL),
        (errors.LockNotAvailable, sqlstates.LOCK_NOT_AVAILABLE),
        (errors.QueryCanceled, sqlstates.QUERY_CANCELED),
        (ValueError, None),
    ],
)
def test_an_error_of_the_driver_has_the_state_that_postgresql_sent(
    error: type[Exception], state: str | None
) -> None:
    assert sqlstates.sqlstate_of(error()) == state
