"""Mistakes in the file of variables, each in one sentence."""

import re
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


def malformed_line(file: Path) -> str:
    """Return a sentence about the first line that is neither a variable nor a comment."""
    if not file.exists():
        return ""
    for binding in parse_stream(StringIO(file.read_text(encoding="utf-8"))):
        if binding.error or (binding.key and binding.value is None):
            text = binding.original.string
            blank_lines = text[: len(text) - len(text.lstrip())].count("\n")
            return (
                f"{file}, line {binding.original.line + blank_lines} cannot be read: "
                "it should be NAME=value, or begin with # as a comment"
            )
    return ""


def misspelt_variable(file: Path) -> str:
    """Return a sentence about the first variable that is nearly the name of a setting."""
    known = settings_by_example()
    for name in unknown_variables(file):
        if meant := nearest(name, known):
            return (
                f"{file} sets {name}, which does not exist: did you mean {meant}? "
                ".env.example explains every variable."
            )
    return ""


def unknown_variables(file: Path) -> list[str]:
    """Return the variables of the file that are not settings; other programs may use them."""
    known = settings_by_example()
    if not (known and file.exists()):
        return []
    bindings = parse_stream(StringIO(file.read_text(encoding="utf-8")))
    return [binding.key for binding in bindings if binding.key and binding.key not in known]


def settings_by_example() -> list[str]:
    """Return the settings that `.env.example` lists; a container has no such file."""
    if not EXAMPLE.is_file():
        return []
    return re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)


def nearest(name: str, known: list[str]) -> str:
    """Return the known name that differs in one character of four at most, and two at all."""
    # Imported late, because nearly no file has such a variable.
    from rapidfuzz.distance import OSA

    written = name.upper()
    distances = {meant: OSA.distance(written, meant) for meant in known}
    meant = min(distances, key=distances.__getitem__)
    return meant if distances[meant] <= min(2, len(meant) // 4) else ""
