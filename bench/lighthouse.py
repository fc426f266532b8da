"""Run Lighthouse on a phone: the median of each score, and the audits that cost points."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, ClassVar

from bench.environment import RunningSite
from bench.load import RunFailed
from bench.paths import ARTICLE, ROADMAP
from bench.rows import Row, verdict
from tests.machine import chromium

PROGRAM = ("npx", "--yes", "lighthouse@12")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = TRIES = 3
WITHIN = 180
PAGES = {
    "Roadmap": (ROADMAP, False),
    "Table": ("/articles/", False),
    "Article": (ARTICLE, False),
    "Sign in": ("/accounts/login/", False),
    "My progress, signed in": ("/me/", True),
}
NO_NODE = (
    "Lighthouse needs Node 18 or newer with npx, which is not here: install them "
    "(Debian and Ubuntu: apt-get install nodejs npm), then start again."
)


def require_node() -> None:
    if not shutil.which(PROGRAM[0]):
        sys.exit(NO_NODE)


@dataclass(frozen=True)
class LighthouseRow(Row):
    """The `scores` from 0 to 100 by category, and in `costs` the audits that took points."""

    HEAD: ClassVar[list[str]] = [
        *("Page", "Performance", "Accessibility", "Best practices", "SEO"),
        *("what costs points", ""),
    ]

    title: str
    scores: dict[str, int]
    costs: list[str]

    def cells(self) -> list[str]:
        scores = [str(self.scores[name]) for name in CATEGORIES]
        is_perfect = all(score == 100 for score in self.scores.values())
        return [self.title, *scores, ", ".join(self.costs) or "nothing", verdict(is_perfect)]


def rows(running_site: RunningSite, runs: int = RUNS) -> Iterator[LighthouseRow]:
    for title, (path, is_signed_in) in PAGES.items():
        session = running_site.learners["readers"][0]["session"] if is_signed_in else ""
        reports = [report_of(running_site.site.origin + path, session) for _ in range(runs)]
        yield LighthouseRow(title, scores(reports), costs(reports))


def report_of(address: str, session: str) -> dict[str, Any]:
    """Return Lighthouse's report on a page; try again if Lighthouse loses its browser."""
    command = [*PROGRAM, address, "--quiet", "--output=json"]
    command.append("--chrome-flags=--headless=new" + (" --no-sandbox" if os.geteuid() == 0 else ""))
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    if session:
        command.append("--extra-headers=" + json.dumps({"Cookie": f"sessionid={session}"}))
    environment = {**os.environ, "CHROME_PATH": chromium() or ""}
    for _ in range(TRIES):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=WITHIN, check=False
        )
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
    raise RunFailed(f"Lighthouse failed at {address}: {done.stderr.strip()}")


def scores(reports: list[dict[str, Any]]) -> dict[str, int]:
    return {
        name: round(median(report["categories"][name]["score"] or 0 for report in reports) * 100)
        for name in CATEGORIES
    }


def costs(reports: list[dict[str, Any]]) -> list[str]:
    """Return the weighted audits below the full score, by name, with their displayed value."""
    audits: dict[str, str] = {}
    for report in reports:
        for name in CATEGORIES:
            for reference in report["categories"][name]["auditRefs"]:
                audit = report["audits"][reference["id"]]
                if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                    audits.setdefault(audit["id"], described(audit))
    return list(audits.values())


def described(audit: Mapping[str, Any]) -> str:
    value = audit.get("displayValue", "").replace("\xa0", " ")
    return f"{audit['id']} ({value})" if value else str(audit["id"])
