"""Install the pinned packages, and say which one is being downloaded.

`make` runs it as a script before anything is installed, so it needs the standard library only.
"""

import re
import subprocess
import sys
from pathlib import Path

PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off")
SHOWN = 20
"""The number of pip's last lines that explain a failure."""


def install(requirements: str) -> int:
    """Return the exit status of pip; print what else it said only if it failed.

    Some requirements are for other systems only.
    """
    total = len(re.findall(r"^[\w.-]+(?:\[.*?\])?==", Path(requirements).read_text(), re.MULTILINE))
    downloaded, messages = 0, []
    command = [sys.executable, *PIP, "--require-hashes", "-r", requirements]
    with subprocess.Popen(  # noqa: S603 - pip
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout
        for line in pip.stdout:
            if line.startswith(("Collecting ", "Processing ")):  # from an index, from a folder
                downloaded += 1
                say(f"  {downloaded} of at most {total}: {line.split()[1].rpartition('/')[2]}")
            elif line.startswith("Installing collected packages"):
                say(f"  Installing {downloaded} packages …")
            else:
                messages.append(line)
    if pip.returncode:
        print(*messages[-SHOWN:], sep="", file=sys.stderr)
    return pip.returncode


def say(text: str) -> None:
    """Print the text as a line, which at a terminal replaces the one before."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="", flush=True)
    else:
        print(text, flush=True)


def main(requirements: str) -> int:
    status = install(requirements)
    if sys.stdout.isatty():
        print()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
