"""Every test there is: on SQLite, on PostgreSQL, in a browser, on a cluster; and how much of the
code they met.

`make test` runs it. Each part runs even if another failed; each has to pass.
"""

import os
import signal
import subprocess
import sys

from tests import machine, postgres

ALONE = ("pytest", "-m", "not browser and not cluster")
IN_BROWSER = ("pytest", "-m", "browser")
ON_CLUSTER = ("pytest", "-m", "cluster")
MEASURED = ("coverage", "run", "-m")


def run(*arguments: str, **environment: str) -> tuple[bool, str]:
    """Whether `python -m …` succeeded, and its last line, after showing all it says."""
    last_line = ""
    with subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                last_line = line.strip() or last_line
        except BaseException:
            process.terminate()
            raise
    return process.returncode == 0, last_line


def main() -> int:
    machine.provide(*machine.CLUSTER)
    on_sqlite = {"DATABASE_URL": "sqlite:///playbook.sqlite3"}
    runs = {"SQLite": run(*MEASURED, *ALONE, **on_sqlite)}
    with postgres.temporary_server() as url:
        runs["PostgreSQL"] = run(*ALONE, DATABASE_URL=url)
    runs["Chromium"] = run(*IN_BROWSER, **on_sqlite)
    runs["Cluster"] = run(*ON_CLUSTER, **on_sqlite)
    run("coverage", "combine", "--quiet")
    is_covered, _ = run("coverage", "report")
    for name, (_, closing_line) in runs.items():
        print(f"\n{name}:\n{closing_line}")
    return 0 if is_covered and all(passed for passed, _ in runs.values()) else 1


if __name__ == "__main__":
    # A stop from outside takes the database server down with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
