"""docs/performance.md: what is measured and how, around the tables of the last run.

`python -m bench.document` writes it again from the figures that are kept.
"""

from bench.parts import PARTS
from bench.report import Results
from tests.playbook.program import ROOT

KEPT = ROOT / "bench" / "results.json"
DOCUMENT = ROOT / "docs" / "performance.md"

BEGINNING = """\
# Performance

How near the site comes to what its server could do at most, what becomes of it as the data grows,
and what it takes of memory, time and the wire.

```sh
make bench        # all of it but Lighthouse, well over half an hour; writes this page
make bench-quick  # a fiftieth of the data or less, and runs too short to compare: whether it works
make lighthouse   # Lighthouse's scores; needs Node
```

The figures themselves are in [results.json](../bench/results.json). Every table names the command
that measures it alone. Figures are compared within one run and one machine only; of another one,
the ratios are what to look at.

## The machine

{machine}

The load generator shares its processors with the server and the database; wrk takes 2 to 3 % of
what the workers take. Nothing else should run meanwhile: the control rows below show how quiet it
was. The server is `manage.py serve` with its defaults, on a port of 127.0.0.1, with the
playbook that ships and the static files collected. On SQLite it writes as in production: in WAL
mode a commit survives the end of the process, and the last ones may be lost with the power. The
PostgreSQL server is the bench's own, reached by a socket, with its defaults and what makes it
durable: `fsync`, `full_page_writes` and `synchronous_commit` are on, unlike in the tests.
"""

METHODS = {
    "limits": """\
wrk asks over 16 connections that stay open, as browsers ask: the same headers, compression
accepted, cookies of twenty learners in turn. A run of the path and a run of its limit, three
seconds each or until there are fifty answers, follow each other three times, after one pair that is
not counted. Requests per second, p50 and p99 are medians of the runs; the ratio is that of the
medians of requests per second, and beside it stand the lowest and the highest ratio of two runs
that followed each other.

The **limit** is the same server and process with the same middleware, session, user and
compression, around a view that asks who the reader is and does nothing else: it answers with the
very bytes, content type and status that the page answered once. For *set a state* it writes one row
of two columns in one transaction with Django's ORM; for a revisit it answers 304. So a limit costs
what a page would if its queries and templates were free. A ratio above 1 is no mistake: where the
site answers with a page that it keeps, compressed already, before the session is looked for, it
does less than its limit, which takes the whole way each time.

Every answer's status is looked at, and one that is not as expected fails the run. Each change of a
state is a real one: as many new events must be in the database afterwards as were acknowledged, and
at most one more for each connection, whose answer the end of the run cut off. The two *control*
rows compare a limit with itself: what they differ from 1 is the machine's noise.""",
    "catalogue": """\
10,000 entries of 9,000 articles in 100 more sections, around the playbook that ships; the whole
page of the table, signed in, for learners who have done 20 entries. One connection, so that no
request waits for another one; the ratio is that of the medians of p50. The page shows 50 rows at
most, and where the shipped playbook has fewer, the larger one's page is larger too: 5 rows in both
of *words that few entries have*, 7 against 50 of *a word that many entries have*, 20 in both by
state, 43 against 50 unfiltered; and everywhere the filter offers 112 sections instead of 12.""",
    "learners": """\
100,000 learners with 4,000,000 states and 10,000,000 events over two years, against as many
learners as are measured, with the same number of states and events each. The rows were made in the
order of time, so that those of one learner lie as far apart as in use; every learner's events form
a chain from *to do* to their state, undone ones among them. The requests are those of learners from
all over the table, in turn, over one connection. 21 of the 60 articles are retired, since the
playbook that ships has fewer than the 40 with which each learner has a state.""",
    "file": """\
The same 10,000 entries, with 10,000 learners of 40 states each, are exported, and come in again as
a file in which every third row has another title, every tenth another link, every tenth row is
missing, and each table is in another order. Each command is measured from the start of Python to
its end; the memory is the most that the process ever held.""",
    "memory": """\
What the worker that holds most has in memory after 10,000 requests for each worker: every kind of
page as a visitor and as a learner, the export, files, fragments and changes of states. The growth
is that of the straight line through the samples of the second half, one every 500 requests; up to
1 MB of it counts as none, which is what the allocator makes of the same work.""",
    "start": """\
From the start of `manage.py serve` on a prepared database to the first 200 of the roadmap; the
median of three.""",
    "visit": """\
Chromium with an empty cache opens the roadmap as a visitor. Counted is every byte that is received,
headers included, of the page and of everything that it loads, the icons and the manifest too. What
blocks is what Chromium itself reports as blocking the drawing; a file that is only found in one
that blocks would be a second round trip.""",
    "lighthouse": """\
Lighthouse 12 as it is by default: a phone of middling speed on a slow mobile network, simulated.
Medians of three runs for each score; an audit is listed if it took points in any of them.""",
}

END = """\
## What is not measured

- A network: loopback has no latency and loses nothing. TLS and a proxy in front are not there.
- More than one machine; see the other documents for that.
- Cold caches: every path is asked for before it is measured, and the data fits in memory.
- Other mixes than one path at a time, except for memory; and more than 16 requests at once.
- Other browsers than Chromium, and real phones.
"""


def written(results: Results) -> str:
    machine = "\n".join(f"- {name}: {value}" for name, value in results.machine.items())
    parts = [
        f"## {PARTS[name].title}\n\n{METHODS[name]}\n\n{part.as_markdown()}\n\n{part.source}\n"
        for name, part in results.parts.items()
    ]
    return "\n".join([BEGINNING.format(machine=machine), *parts, END])


def write() -> None:
    DOCUMENT.write_text(written(Results.read(KEPT)))


if __name__ == "__main__":
    write()
