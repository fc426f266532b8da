from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream


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
