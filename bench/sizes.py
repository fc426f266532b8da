"""Print the bytes a row takes on PostgreSQL, with its indexes: `python -m bench.sizes`.

docs/scaling.md calculates with them.
"""

import argparse
import tempfile
from pathlib import Path

import psycopg

from bench.databases import PostgreSQLServer, databases
from bench.environment import Environment
from bench.site import Product

SIZES = """
SELECT relname, n_live_tup,
       pg_table_size(relid) / greatest(n_live_tup, 1),
       pg_indexes_size(relid) / greatest(n_live_tup, 1)
FROM pg_stat_user_tables
WHERE relname IN ('accounts_user', 'django_session', 'progress_event', 'progress_state')
ORDER BY relname
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sizes")
    parser.add_argument("--learners", type=int, default=20_000, help="40 states, 100 events each")
    learners = parser.parse_args().learners
    with (
        tempfile.TemporaryDirectory(prefix="playbook-bench-") as folder,
        databases(PostgreSQLServer.vendor, Path(folder)) as server,
    ):
        environment = Environment(Product(Path(folder)), server, rounds=1)
        environment.prepare()
        environment.fill("many", f"--learners={learners}")
        with psycopg.connect(server.url("many"), autocommit=True) as connection:
            connection.execute("ANALYZE")
            rows = connection.execute(SIZES).fetchall()
        total = server.size("many")
    for table, count, own, of_indexes in rows:
        print(f"{table:16} {count:>10} rows  {own:>5} bytes each, {of_indexes:>5} of indexes")
    print(f"{total / learners:,.0f} bytes for each of {learners:,} learners, all tables together")


if __name__ == "__main__":
    main()
