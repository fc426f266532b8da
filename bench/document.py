"""Write docs/performance.md: what is measured and how, around the tables of the last run.

`python -m bench.document` writes it again from the stored results, without measuring.
"""

from bench.parts import PARTS
from bench.report import Results
from tests.playbook.program import ROOT

RESULTS = ROOT / "bench" / "results.json"
DOCUMENT = ROOT / "docs" / "performance.md"

BEGINNING = """\
# Performance

This page compares the site with the most its server could do. It also shows how the site behaves as
the data grows, and how much memory, time and network traffic it uses.

```sh
make bench        # everything except Lighthouse; well over half an hour; writes this page
make bench-quick  # at most a fiftieth of the data, runs too short to compare; checks that it works
make lighthouse   # Lighthouse's scores; needs Node
```

The figures are stored in [results.json](../bench/results.json). Below every table is the command
that measures it alone. Compare figures only within one run on one machine. Across machines, compare
the ratios.

## The machine

{machine}

The load generator shares the processors with the server and the database; wrk uses 2 to 3 % of what
the workers use. Nothing else should run during a measurement. The control rows below show how quiet
the machine was.

The server is `manage.py serve` with its default settings, on a port of 127.0.0.1, with the playbook
that ships and the static files collected. SQLite runs as in production: in WAL mode a commit
survives the end of the process, but the last commits may be lost in a power failure. The benchmark
starts its own PostgreSQL server with default settings and connects through a socket. Unlike in the
tests, `fsync`, `full_page_writes` and `synchronous_commit` are on.
"""

METHODS = {
    "limits": """\
wrk sends requests over 16 connections that stay open. Like a browser, it sends the same headers and
accepts compression; it uses the cookies of twenty learners in turn. A run of the path and a run of
its limit follow each other three times, after one pair that is not counted. A run takes three
seconds, or longer until there are fifty responses. Requests per second, p50 and p99 are medians of
the runs. The ratio is that of the median requests per second. The lowest and highest ratio of two
consecutive runs are shown beside it.

The **limit** is the same server process with the same middleware, session, user and compression,
but with a view that only reads who the user is. It returns the same bytes, content type and status
that the page returned once. For a write (set a state, rate a card, save a note or a scratch) it
writes one row of two columns in one transaction with Django's ORM; for a revisit it returns 304.
The limit therefore shows what a page would cost if its queries and templates were free. A ratio
above 1 is not an error: where the site returns a cached, already compressed page before it reads
the session, it does less work than its limit, which always goes through every step.

The learners of *recall*, *rate a card* and *save a note* have finished every article and have a
note about each. A card is due for every prompt that ships, and each rating is the first of its card
on this day. The texts of a note or a scratch grow from save to save, as they do while somebody
types. Each learner has a practice session of 45 minutes that is running, with a text in each stage
and a drawing. *Today* is requested by learners with a plan for the whole playbook, of 40 minutes a
day and without a date, on its first day; the *map* by learners who have done 20 entries. Nobody
writes while pages are measured, so the rows of the twenty learners are kept by the processes, as
they are between two writes of a learner.

The status of every response is checked, and an unexpected one fails the run. Each write is a
real one. Afterwards the database must have as many new events, reviews, saves or versions as
were acknowledged, and at most one more for each connection, whose response was cut off by the
end of the run. The two *control* rows compare a limit with itself; their distance from 1 is the
noise of the machine.""",
    "catalogue": """\
The larger catalogue has 10,000 entries of 9,000 articles in 100 more sections, in addition to the
playbook that ships. The whole page of the table is requested by signed-in learners who have done 20
entries. There is one connection, which means that no request waits for another. The ratio is that
of the median p50. The page shows at most 50 rows. Where the shipped playbook has fewer, the page of
the larger catalogue is larger too: 5 rows in both for *words that few entries have*, 7 against 50
for *a word that many entries have*, 20 in both by state, and 43 against 50 unfiltered. Where
no layer is chosen, the filter offers 112 sections instead of 12.""",
    "learners": """\
A database with 100,000 learners, 4,000,000 states and 10,000,000 events over two years is compared
with one that has only the measured learners, each with the same number of states and events. The
rows were created in order of time, which spreads the rows of one learner over the table as in real
use. The events of a learner form a chain from *to do* to their current state and include undone
ones. The requests come from learners spread over the whole table, in turn, over one connection. 21
of the 60 articles are retired, because each learner has a state for 40 articles and the playbook
that ships has fewer.""",
    "file": """\
The same 10,000 entries, with 10,000 learners of 40 states each, are exported and imported again as
a changed file. In that file every third row has a different title, every tenth row has a different
link, every tenth row is missing, and the rows of each table are in a different order. Each command
is measured from the start of Python to its end. The memory is the peak of the process.""",
    "memory": """\
The memory of the worker that uses most, after 10,000 requests for each worker: every kind of page
as a visitor and as a learner, the export, files, fragments and state changes. The growth is that
of a straight line fitted to the samples of the second half, one every 500 requests. Growth of
up to 1 MB counts as none, because the allocator alone causes that much.""",
    "start": """\
The time from the start of `manage.py serve` on a prepared database to the first 200 response of the
roadmap; the median of three.""",
    "visit": """\
Chromium opens the roadmap as a visitor with an empty cache. Every byte received is counted,
including headers, for the page and everything it loads, including the icons and the manifest. The
blocking files are those that Chromium itself reports as blocking rendering. A file that is only
discovered inside a blocking file would add a second round trip.""",
    "lighthouse": """\
Lighthouse 12 with its default settings: a simulated mid-range phone on a slow mobile network. Each
score is the median of three runs. An audit is listed if it lowered the score in any of them.""",
}

END = """\
## What is not measured

- Networks: loopback has no latency and loses no packets. There is no TLS and no proxy in front.
- More than one machine; the other documents cover that.
- Cold caches: every path is requested before it is measured, and the data fits in memory.
- Mixed traffic, except in the memory test, and more than 16 requests at once.
- Browsers other than Chromium, and real phones.
"""


def rendered(results: Results) -> str:
    machine = "\n".join(f"- {name}: {value}" for name, value in results.machine.items())
    parts = [
        f"## {PARTS[name].title}\n\n{METHODS[name]}\n\n{part.as_markdown()}\n\n{part.source}\n"
        for name, part in results.parts.items()
    ]
    return "\n".join([BEGINNING.format(machine=machine), *parts, END])


def write() -> None:
    DOCUMENT.write_text(rendered(Results.read(RESULTS)))


if __name__ == "__main__":
    write()
