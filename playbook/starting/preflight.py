"""Checks before the start: the first problem in one line with its solution, or nothing.

`make` runs it as a script before anything is installed, so it needs the standard library only.
"""

import errno
import importlib.util
import os
import re
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

LISTENING = "0A"
"""The state of a socket in /proc/net/tcp."""
FOLDER = Path(__file__).resolve().parents[2]
IN_ENV_FILE = re.compile(r"^\s*(HOST|PORT)\s*=\s*['\"]?([^'\"\s#]+)", re.MULTILINE)


def python_fault() -> str:
    if importlib.util.find_spec("ensurepip"):
        return ""
    version = ".".join(map(str, sys.version_info[:2]))
    return (
        f"Python {version} has no venv module: install it "
        f"(Debian and Ubuntu: apt-get install python{version}-venv), then start again"
    )


def folder_fault() -> str:
    try:
        with tempfile.TemporaryFile(dir=FOLDER):
            return ""
    except OSError as error:
        return (
            f"The folder {FOLDER} cannot be written to ({error.strerror}): "
            "make it writable for you, or clone into one that is"
        )


def port_fault(host: str, port: int) -> str:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return port_taken(port)
        return f"Nothing can listen at {host}, port {port} ({error.strerror}): change HOST or PORT"
    return ""


def port_taken(port: int) -> str:
    """Name the processes that listen, as far as this machine and its user let them be seen."""
    choose = f"choose another, such as PORT={port + 1} make run"
    pids = listeners(port)
    if not pids:
        return f"Port {port} is taken: {choose}"
    numbers = " ".join(map(str, pids))
    return f"Port {port} is taken by {command_of(pids[0])} (stop it: kill {numbers}): {choose}"


def listeners(port: int) -> list[int]:
    """Return the ids of the processes that listen on the port; Linux only, and your own only."""
    sockets = {f"socket:[{inode}]" for inode in listening_inodes(port)}
    holders = {
        server_of(int(process.name))
        for process in Path("/proc").glob("[0-9]*")
        if not sockets.isdisjoint(open_files(process))
    }
    return sorted(holders)


def server_of(pid: int) -> int:
    """Return the process that started this one with the same command, as a server its workers."""
    with suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        parent = int(after_name.split()[1])
        if command_of(parent) == command_of(pid):
            return parent
    return pid


def listening_inodes(port: int) -> list[str]:
    rows = []
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            rows += Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]
    return [
        fields[9]
        for fields in map(str.split, rows)
        if fields[1].endswith(f":{port:04X}") and fields[3] == LISTENING
    ]


def open_files(process: Path) -> list[str]:
    with suppress(OSError):
        return [str(file.readlink()) for file in (process / "fd").iterdir()]
    return []


def command_of(pid: int) -> str:
    with suppress(OSError):
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        return " ".join([Path(arguments[0]).name, *arguments[1:]]).strip()[:60]
    return "another process"


def env_file() -> Path:
    return Path(os.environ.get("ENV_FILE", FOLDER / ".env"))


def env_file_fault() -> str:
    file = env_file()
    try:
        file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except IsADirectoryError:
        return f"{file} is a folder: move it away; variables are read from a file of that name"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return f"{file} is not UTF-8 (line {line}): save it as UTF-8"
    except OSError as error:
        return f"{file} cannot be read ({error.strerror}): make it readable for you"
    return ""


def configured_port_fault() -> str:
    """Return nothing if HOST or PORT are invalid, which the settings explain better."""
    if fault := env_file_fault():
        return fault
    file = env_file()
    written = IN_ENV_FILE.findall(file.read_text(encoding="utf-8")) if file.is_file() else []
    variables = {"HOST": "127.0.0.1", "PORT": "8000", **dict(written), **os.environ}
    if not (variables["PORT"].isdecimal() and 0 < int(variables["PORT"]) < 65536):
        return ""
    return port_fault(variables["HOST"], int(variables["PORT"]))


def main(arguments: list[str]) -> str:
    checks = [python_fault, folder_fault]
    if "port" in arguments:
        checks.append(configured_port_fault)
    return next(filter(None, (check() for check in checks)), "")


if __name__ == "__main__":
    print(main(sys.argv[1:]))
