"""Store one uncompressed response of a page, which the limit view then returns."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Captured:
    status: int
    content_type: str
    body: str

    def write(self, folder: Path, name: str) -> None:
        (folder / f"{name}.json").write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, folder: Path, name: str) -> Self:
        return cls(**json.loads((folder / f"{name}.json").read_text()))
