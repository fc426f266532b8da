"""The benchmark: `make bench`, `make bench-quick`, or `python -m bench --only limits`.

Each part is measured on SQLite and on PostgreSQL; docs/performance.md says how.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import document, machine
from bench.databases import PostgreSQLServer, SQLiteFiles, databases
from bench.parts import PARTS
from bench.plan import FULL, QUICK, Plan
from bench.report import Results
from bench.rows import Row
from bench.site import Product
from bench.stage import Theatre
from tests.machine import provide
from tests.playbook.program import ROOT

VENDORS = (SQLiteFiles.vendor, PostgreSQLServer.vendor)
KEPT = ROOT / "bench" / "results.json"
DOCUMENT = ROOT / "docs" / "performance.md"
QUICK_FOLDER = ROOT / ".bench"


def measure(names: Sequence[str], vendors: Sequence[str], plan: Plan) -> Iterator[tuple[str, Row]]:
    """Each row with the name of its part."""
    with tempfile.TemporaryDirectory(prefix="playbook-bench-") as folder:
        for vendor in vendors:
            with databases(vendor, Path(folder)) as made:
                theatre = Theatre(Product(Path(folder)), made, plan.throughput.rounds)
                theatre.prepare()
                for name in names:
                    for row in PARTS[name].measure(theatre, plan):
                        print(" · ".join(row.cells()), flush=True)
                        yield name, row


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="less of everything, kept in .bench/")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS))
    parser.add_argument("--on", choices=VENDORS, nargs="+", default=VENDORS)
    asked = parser.parse_args()
    provide("wrk")
    found: dict[str, list[Row]] = {name: [] for name in asked.only}
    for name, row in measure(asked.only, asked.on, QUICK if asked.quick else FULL):
        found[name].append(row)
    file = QUICK_FOLDER / "results.json" if asked.quick else KEPT
    results = Results.read(file)
    results.machine = machine.facts()
    for name, rows in found.items():
        results.parts[name] = PARTS[name].reported(rows, sys.argv[1:])
    results.write(file)
    (file.with_name("performance.md") if asked.quick else DOCUMENT).write_text(
        document.written(results)
    )
    for name in asked.only:
        print(f"\n{PARTS[name].title}\n\n{results.parts[name].as_text()}")
    return 1 if any(results.parts[name].has_failed for name in asked.only) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
