"""The benchmark: `make bench`, `make bench-quick`, `make lighthouse`, or one part of it.

docs/performance.md says what each part measures, and how.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import document, lighthouse, machine
from bench.databases import VENDORS, databases
from bench.environment import Environment
from bench.load import RunFailed
from bench.parts import BY_DEFAULT, PARTS, PartToMeasure
from bench.plan import FULL, QUICK, Plan
from bench.report import Part, Results
from bench.rows import FailedRow, Row
from bench.site import Product
from tests.machine import provide
from tests.playbook.program import ROOT

QUICK_FOLDER = ROOT / ".bench"


def measure(names: Sequence[str], vendors: Sequence[str], plan: Plan) -> Iterator[tuple[str, Row]]:
    """Yield each row with the name of its part."""
    with tempfile.TemporaryDirectory(prefix="playbook-bench-") as folder:
        for vendor in vendors:
            parts = [name for name in names if vendor == vendors[0] or not PARTS[name].is_once]
            if parts:
                with databases(vendor, Path(folder)) as server:
                    environment = Environment(Product(Path(folder)), server, plan.throughput.rounds)
                    environment.prepare()
                    for name in parts:
                        yield from ((name, row) for row in rows_of(PARTS[name], environment, plan))


def rows_of(part: PartToMeasure, environment: Environment, plan: Plan) -> Iterator[Row]:
    """Yield the rows of one part, or a single failed row, so the other parts still run."""
    try:
        yield from part.measure(environment, plan)
    except (RunFailed, ValueError, OSError, subprocess.SubprocessError) as failure:
        yield FailedRow(environment.databases.vendor, str(failure), len(part.head))


def results_of(names: Sequence[str], vendors: Sequence[str], *, quick: bool) -> dict[str, Part]:
    began, commit = time.monotonic(), machine.commit()
    rows_by_part: dict[str, list[Row]] = {name: [] for name in names}
    for name, row in measure(names, vendors, QUICK if quick else FULL):
        print(
            f"{time.monotonic() - began:6.1f} s", *filter(None, row.cells()), sep=" | ", flush=True
        )
        rows_by_part[name].append(row)
    option = " --quick" if quick else ""
    return {
        name: PARTS[name].result(f"python -m bench{option} --only {name}", commit, rows)
        for name, rows in rows_by_part.items()
    }


def write(parts: dict[str, Part], file: Path, page: Path) -> None:
    """Write the results. Parts that were not measured keep their earlier figures and commit."""
    earlier = Results.read(file).parts
    latest = {name: part for name in PARTS if (part := parts.get(name) or earlier.get(name))}
    results = Results(machine.facts(), latest)
    results.write(file)
    page.write_text(document.rendered(results))
    print(f"\nWritten to {file.relative_to(ROOT)} and {page.relative_to(ROOT)}.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "--quick", action="store_true", help="measure less of everything; results go to .bench/"
    )
    parser.add_argument("--only", choices=PARTS, nargs="+", default=BY_DEFAULT, metavar="PART")
    parser.add_argument("--on", choices=VENDORS, nargs="+", default=VENDORS, metavar="DATABASE")
    options = parser.parse_args()
    provide("wrk")
    if "lighthouse" in options.only:
        lighthouse.require_node()
    parts = results_of(options.only, options.on, quick=options.quick)
    for name, part in parts.items():
        print(f"\n{PARTS[name].title}\n\n{part.as_text()}")
    if options.quick:
        write(parts, QUICK_FOLDER / "results.json", QUICK_FOLDER / "performance.md")
    else:
        write(parts, document.RESULTS, document.DOCUMENT)
    return 1 if any(part.has_failed for part in parts.values()) else 0


if __name__ == "__main__":
    # Exit normally on SIGTERM so that the servers are stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
