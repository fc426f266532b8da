"""The systemd unit and the container image start the site, and notice that it does not answer."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from playbook.release import SOURCES
from tests.playbook.program import ROOT, free_port, served

UNIT = ROOT / "docs" / "playbook.service"


def values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


def test_the_unit_prepares_and_serves_the_site() -> None:
    python = "/srv/playbook/.venv/bin/python manage.py"
    assert values("ExecStartPre") == [f"{python} prepare"]
    assert values("ExecStart") == [f"{python} serve"]
    assert {"prepare", "serve"} <= get_commands().keys()
    # The server stops its workers itself, and gives them ten seconds.
    assert (values("KillMode"), values("Restart")) == (["mixed"], ["always"])


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "playbook.service"
    text = UNIT.read_text().replace("/srv/playbook/.venv/bin/python", sys.executable)
    unit.write_text(text.replace("/srv/playbook", str(ROOT)))
    assert sorted(set(re.findall(r"^\[(\w+)\]$", text, re.MULTILINE))) == [
        "Install",
        "Service",
        "Unit",
    ]
    if program := shutil.which("systemd-analyze"):
        verified = subprocess.run(
            [program, "verify", unit], capture_output=True, text=True, check=False
        )
        assert (verified.returncode, verified.stderr) == (0, "")
        # The highest exposure is 100. Up to 30 counts as well protected.
        exposed = [program, "security", "--offline=true", "--threshold=30", str(unit)]
        assert subprocess.run(exposed, capture_output=True, check=False).returncode == 0


@pytest.mark.same_everywhere
def test_the_health_check_of_the_image_asks_the_site(site: dict[str, str]) -> None:
    (command,) = re.findall(r"CMD (\[.*/healthz.*\])", (ROOT / "Dockerfile").read_text())
    python, *arguments = json.loads(command)
    assert python == "python"

    def is_healthy(port: str) -> bool:
        environment = {"PORT": port, "http_proxy": "http://127.0.0.1:1"}
        check = [sys.executable, *arguments]
        return (
            subprocess.run(check, env=environment, capture_output=True, check=False).returncode == 0
        )

    with served(**{**site, "WEB_WORKERS": "1"}):
        assert is_healthy(site["PORT"])
    assert not is_healthy(str(free_port()))


def test_the_image_has_the_files_that_the_product_reads() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert {line[1:] for line in lines if line.startswith("!")} == {
        *SOURCES,
        "fixtures",
        "manage.py",
        "pyproject.toml",
        "requirements.txt",
    }
