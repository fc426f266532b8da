"""docs/performance.md: what is measured and how, around the tables of the last run."""

from bench.parts import PARTS
from bench.report import Results

TEXT = """\
# Performance

What the site does in a second, how near that is to what the server could do at most, and what
becomes of it as the data grows. `make bench` measures all of it and writes this page;
`make bench-quick` takes two minutes, with a fiftieth of the data and runs too short to compare.

{machine}
{parts}
"""


def written(results: Results) -> str:
    machine = "\n".join(f"- {name}: {value}" for name, value in results.machine.items())
    parts = "\n".join(
        f"\n## {PARTS[name].title}\n\n`{part.command}`, {part.measured_at}, {part.commit}:\n\n{part.as_markdown()}"
        for name, part in results.parts.items()
    )
    return TEXT.format(machine=machine, parts=parts)
