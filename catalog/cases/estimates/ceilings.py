"""Published limits of one machine, partition or link, each with its source and year.

A ceiling is a figure that somebody published, never an opinion: its source and year are shown
beside every comparison. Correct one here when hardware or a service has moved on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.cases.estimates import units
from catalog.cases.estimates.measures import Measure


@dataclass(frozen=True)
class Source:
    """The publication of a figure; without a licence it is quoted as a fact."""

    name: str
    address: str
    year: int
    licence: str = ""


@dataclass(frozen=True)
class PublishedFigure:
    """A figure that somebody published."""

    value: Fraction
    unit: str | Promise
    what: str | Promise
    """The system that reached the figure, and how it was measured."""
    source: Source
    is_bytes: bool = field(default=False, kw_only=True)

    @property
    def shown(self) -> str:
        number = (units.format_bytes if self.is_bytes else units.format_count)(self.value)
        return f"{number} {self.unit}".replace(" /", "/").strip()


@dataclass(frozen=True)
class Ceiling(PublishedFigure):
    """A figure that an answer is compared with, and what being below or above it means."""

    below: str | Promise
    """The end of “1,157 writes/s: …”, as `above`."""
    above: str | Promise


@dataclass(frozen=True)
class Verdict:
    """An answer compared with a ceiling."""

    ceiling: Ceiling
    value: Fraction

    @property
    def is_above(self) -> bool:
        return self.value > self.ceiling.value

    @property
    def meaning(self) -> str:
        """The conclusion, without a capital letter and a full stop."""
        return str(self.ceiling.above if self.is_above else self.ceiling.below)

    @property
    def percent(self) -> int:
        """The share of the ceiling that is used, in whole percent, at most 100."""
        return min(100, int(self.value / self.ceiling.value * 100))

    @property
    def share(self) -> str:
        """The ratio of the answer to the ceiling: “14% of 1M requests/s”, “4.6 times 30 TB”."""
        ratio = self.value / self.ceiling.value
        limit = self.ceiling.shown.replace(" ", "\N{NO-BREAK SPACE}")
        if self.is_above:
            times = units.format_count(Fraction(ceil(ratio * 10), 10))
            return gettext("%(times)s times %(limit)s") % {"times": times, "limit": limit}
        if 0 < ratio < Fraction(1, 100):
            return gettext("Less than 1%% of %(limit)s") % {"limit": limit}
        return gettext("%(percent)s%% of %(limit)s") % {"percent": self.percent, "limit": limit}


POSTGRES_BENCH = Source(
    "ClickHouse PostgresBench",
    "https://github.com/ClickHouse/PostgresBench/blob/"
    "36ce7b6c1ee0e17ba919ee6ee156bb8b03b3307d/postgres_by_clickhouse/results/"
    "postgres_by_clickhouse_16cpu_64gb_6849.json",
    2026,
)
KAFKA = Source(
    "LinkedIn Engineering",
    "https://engineering.linkedin.com/kafka/"
    "benchmarking-apache-kafka-2-million-writes-second-three-cheap-machines",
    2014,
)
REDIS = Source(
    "AWS Database Blog",
    "https://aws.amazon.com/blogs/database/achieve-over-500-million-requests-per-second-per-cluster-"
    "with-amazon-elasticache-for-redis-7-1/",
    2023,
)
S3 = Source(
    "Amazon S3 user guide",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html",
    2026,
)
DYNAMODB = Source(
    "Amazon DynamoDB developer guide",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
    2026,
)
POSTGRES_LIMITS = Source(
    "PostgreSQL documentation, appendix K",
    "https://www.postgresql.org/docs/current/limits.html",
    2026,
    "PostgreSQL Licence",
)
EC2 = Source(
    "Amazon EC2 instance types, i4i.32xlarge",
    "https://docs.aws.amazon.com/ec2/latest/instancetypes/so.html",
    2022,
)
TEN_GIGABIT = Source("IEEE 802.3ae", "https://www.ieee802.org/3/ae/", 2002)
STACK_OVERFLOW = Source(
    "Stack Overflow: The architecture, 2016 edition",
    "https://nickcraver.com/blog/2016/02/17/stack-overflow-the-architecture-2016-edition/",
    2016,
)

SERVER = PublishedFigure(
    # 209,420,973 requests on 9 February 2016 ÷ 86,400 s, rounded down.
    Fraction(2424),
    _("requests/s"),
    _("one web server of Stack Overflow: 209,420,973 requests in a day ÷ 86,400 s"),
    STACK_OVERFLOW,
)
"""The assumed capacity of one server.

The post counts the requests of a day over the whole network, and says that one web server was
enough for them, tried several times unintentionally.
"""

_TEN_GIGABIT = Ceiling(
    Fraction(10**10, 8),
    "/s",
    _("a 10 Gbit/s link: 10 Gbit/s ÷ 8, before the overhead of protocols"),
    TEN_GIGABIT,
    _("one 10 Gbit/s link carries that"),
    _("more than one 10 Gbit/s link: spread the traffic over machines, or put a CDN before them"),
    is_bytes=True,
)

CEILINGS: Mapping[Measure, tuple[Ceiling, ...]] = {
    Measure.PEAK_WRITES: (
        Ceiling(
            Fraction(24_974),
            _("transactions/s"),
            _("pgbench (TPC-B) on 16 vCPUs, 64 GB and NVMe, median of three runs"),
            POSTGRES_BENCH,
            _("one PostgreSQL primary does that; sharding is not forced"),
            _("more than one PostgreSQL primary did: batch the writes, queue them, or shard"),
        ),
        Ceiling(
            Fraction(821_557),
            _("records/s"),
            _("one Kafka producer thread, 100-byte records, no replication"),
            KAFKA,
            _("a log such as Kafka takes that from one producer"),
            _("more than one producer wrote to Kafka: partition the topic"),
        ),
        Ceiling(
            Fraction(1_000),
            _("writes/s"),
            _("one DynamoDB partition, items of up to 1 KB"),
            DYNAMODB,
            _("even one partition key would take all of it"),
            _("no single partition key takes all of it: spread the writes over keys"),
        ),
        Ceiling(
            Fraction(3_500),
            _("writes/s"),
            _("one prefix of an S3 bucket"),
            S3,
            _("as objects, they fit under one S3 prefix"),
            _("as objects, they need more than one S3 prefix, or fewer and larger objects"),
        ),
    ),
    Measure.PEAK_READS: (
        Ceiling(
            Fraction(1_000_000),
            _("requests/s"),
            _("one cache node (r7g.4xlarge, ElastiCache for Redis 7.1), stated as “over”"),
            REDIS,
            _("one cache node answers that, if all of it is in the cache"),
            _("more than one cache node answered: shard the cache, or add replicas"),
        ),
        Ceiling(
            Fraction(3_000),
            _("reads/s"),
            _("one DynamoDB partition, consistent reads of up to 4 KB"),
            DYNAMODB,
            _("even one partition key would take all of it"),
            _("no single partition key takes all of it: a hot key needs a cache before it"),
        ),
        Ceiling(
            Fraction(5_500),
            _("reads/s"),
            _("one prefix of an S3 bucket"),
            S3,
            _("as objects, they fit under one S3 prefix"),
            _("as objects, they need more than one S3 prefix, or a CDN before the bucket"),
        ),
    ),
    Measure.ONE_COPY: (
        Ceiling(
            Fraction(30 * 10**12),
            "",
            _("the local NVMe disks of one large machine"),
            EC2,
            _("one machine holds a copy; capacity does not force sharding"),
            _("no one machine holds a copy: shard it, keep fewer days, or use object storage"),
            is_bytes=True,
        ),
        Ceiling(
            Fraction(32 * 1024**4),
            "",
            _("the largest table of PostgreSQL"),
            POSTGRES_LIMITS,
            _("it fits into one PostgreSQL table; partitions by time still make deleting cheap"),
            _("it does not fit into one PostgreSQL table: partition it"),
            is_bytes=True,
        ),
    ),
    Measure.PEAK_IN: (_TEN_GIGABIT,),
    Measure.PEAK_OUT: (_TEN_GIGABIT,),
    Measure.CACHE: (
        Ceiling(
            Fraction(1024**4),
            "",
            _("the memory of one large machine"),
            EC2,
            _("the memory of one machine holds it"),
            _("the memory of one machine does not hold it: shard the cache, or cache less"),
            is_bytes=True,
        ),
    ),
}


def all_figures() -> tuple[PublishedFigure, ...]:
    """Return every ceiling once, in the order of the answers, and that of a server."""
    compared = [ceiling for ceilings in CEILINGS.values() for ceiling in ceilings]
    return tuple(dict.fromkeys([*compared, SERVER]))
