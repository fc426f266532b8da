"""The answers of an estimate: what each is called, and what it is counted in."""

from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Group(Enum):
    """A heading under which answers are shown, and what they leave out."""

    REQUESTS = (
        "requests",
        _("Requests"),
        _("Averages are over the whole day. The peak is what has to be served."),
    )
    STORAGE = (
        "storage",
        _("Storage"),
        _("What writes bring in, without compression, indexes and logs."),
    )
    BANDWIDTH = (
        "bandwidth",
        _("Bandwidth"),
        _("What users send and get. Replication and headers come on top; 1 MB/s is 8 Mbit/s."),
    )
    MACHINES = (
        "machines",
        _("Cache and servers"),
        _(
            "Cache: the hot share of the bytes that are read in one day. What is read twice counts"
            " twice, so this is the most it can be."
        ),
    )

    def __init__(self, slug: str, title: Promise, note: Promise) -> None:
        self.slug = slug
        self.title = title
        self.note = note


class Measure(Enum):
    """One answer of an estimate. Numbers of bytes have no unit but that of a rate."""

    WRITES = "writes", Group.REQUESTS, _("Writes, average"), _("writes/s")
    PEAK_WRITES = "peak-writes", Group.REQUESTS, _("Writes, peak"), _("writes/s")
    READS = "reads", Group.REQUESTS, _("Reads, average"), _("reads/s")
    PEAK_READS = "peak-reads", Group.REQUESTS, _("Reads, peak"), _("reads/s")
    RATIO = "ratio", Group.REQUESTS, _("Read to write ratio"), _("reads per write")
    STORED_A_YEAR = "stored-a-year", Group.STORAGE, _("Stored in a year, all copies"), "", True
    STORED = "stored", Group.STORAGE, _("Stored in all, all copies"), "", True
    ONE_COPY = "one-copy", Group.STORAGE, _("Stored in all, one copy"), "", True
    IN = "in", Group.BANDWIDTH, _("In, average"), "/s", True
    PEAK_IN = "peak-in", Group.BANDWIDTH, _("In, peak"), "/s", True
    OUT = "out", Group.BANDWIDTH, _("Out, average"), "/s", True
    PEAK_OUT = "peak-out", Group.BANDWIDTH, _("Out, peak"), "/s", True
    CACHE = "cache", Group.MACHINES, _("Cache"), "", True
    SERVERS = "servers", Group.MACHINES, _("Servers at the peak"), ""

    def __init__(
        self,
        slug: str,
        group: Group,
        label: Promise,
        unit: str | Promise,
        is_bytes: bool = False,
    ) -> None:
        self.slug = slug
        self.group = group
        self.label = label
        self.unit = unit
        self.is_bytes = is_bytes
