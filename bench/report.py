"""Report the results of each part, as tables for people and as JSON for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from bench.rows import FAILED


@dataclass(frozen=True)
class Part:
    """The table of one part, with the figures from which its cells were made."""

    command: str
    commit: str
    measured_at: str
    head: list[str]
    rows: list[list[str]]
    figures: list[dict[str, Any]]

    @property
    def has_failed(self) -> bool:
        return any(FAILED in row for row in self.rows)

    @property
    def source(self) -> str:
        return f"Measured by `{self.command}`, {self.measured_at}, at commit {self.commit}."

    def as_text(self) -> str:
        cells = [self.head, *self.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(aligned(row, widths)).rstrip() for row in cells]
        return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])

    def as_markdown(self) -> str:
        rows = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def aligned(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Yield the cells at these widths: figures aligned to the right, text to the left."""
    for cell, width in zip(row, widths, strict=True):
        yield cell.rjust(width) if cell.lstrip("-")[:1].isdigit() else cell.ljust(width)


@dataclass
class Results:
    """The machine and the latest result of each part, which may be of different commits."""

    machine: dict[str, str]
    parts: dict[str, Part]

    @classmethod
    def read(cls, file: Path) -> Self:
        if not file.exists():
            return cls({}, {})
        stored = json.loads(file.read_text())
        parts = {name: Part(**part) for name, part in stored["parts"].items()}
        return cls(stored["machine"], parts)

    def write(self, file: Path) -> None:
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")
