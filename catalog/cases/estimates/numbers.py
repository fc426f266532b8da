"""Numbers to know: latency and throughput of one machine and its network, from napkin-math.

The figures are those of the README, unchanged. It rounds them to be remembered, so that latency and
throughput of a row need not agree. It re-measured what a single host can measure in March 2026; the
rows that it has from before are those that its README of September 2024 has too.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.cases.estimates.ceilings import Source

NAPKIN_MATH = Source(
    "sirupsen/napkin-math",
    "https://github.com/sirupsen/napkin-math/tree/aae5832fc5d7c6881b7a78f756e8863ec86c428b",
    2026,
    "MIT",
)
RECENT = "2026"
EARLIER = _("2024 or earlier")


@dataclass(frozen=True)
class Number:
    """The time that an operation takes, for one and for a mebibyte or a gibibyte."""

    operation: str | Promise
    latency: str
    throughput: str = ""
    mebibyte: str = ""
    gibibyte: str = ""
    measured: str | Promise = RECENT


@dataclass(frozen=True)
class NumberGroup:
    title: str | Promise
    numbers: tuple[Number, ...]


def _earlier(
    operation: str | Promise,
    latency: str,
    throughput: str = "",
    mebibyte: str = "",
    gibibyte: str = "",
) -> Number:
    return Number(operation, latency, throughput, mebibyte, gibibyte, EARLIER)


NUMBERS = (
    NumberGroup(
        _("Memory and processor"),
        (
            Number(_("Sequential memory read or write (64 bytes)"), "0.5 ns"),
            Number(_("… one thread"), "", "20 GiB/s", "50 μs", "50 ms"),
            Number(_("… all threads"), "", "200 GiB/s", "5 μs", "5 ms"),
            Number(
                _("Random memory read or write (64 bytes)"), "20 ns", "3 GiB/s", "300 μs", "300 ms"
            ),
            Number(_("Hash, not cryptographic (64 bytes)"), "10 ns", "5 GiB/s", "200 μs", "200 ms"),
            Number(_("Hash, cryptographic (64 bytes)"), "100 ns", "1 GiB/s", "1 ms", "1 s"),
            Number(_("System call"), "300 ns"),
            _earlier(_("Context switch"), "10 μs"),
            Number(_("Sorting 64-bit integers"), "", "500 MiB/s", "2 ms", "2 s"),
            _earlier(_("Fast serialization or deserialization"), "", "1 GiB/s", "1 ms", "1 s"),
            _earlier(
                _("Serialization or deserialization, as JSON"), "", "100 MiB/s", "10 ms", "10 s"
            ),
            _earlier(_("Compression"), "", "500 MiB/s", "2 ms", "2 s"),
            _earlier(_("Decompression"), "", "1 GiB/s", "1 ms", "1 s"),
        ),
    ),
    NumberGroup(
        _("Disks"),
        (
            Number(_("Sequential SSD read (8 KiB)"), "1 μs", "8 GiB/s", "100 μs", "100 ms"),
            Number(_("Random SSD read (8 KiB)"), "100 μs", "70 MiB/s", "15 ms", "15 s"),
            Number(
                _("Sequential SSD write without fsync (8 KiB)"),
                "2 μs",
                "3 GiB/s",
                "300 μs",
                "300 ms",
            ),
            Number(
                _("Sequential SSD write with fsync (8 KiB)"), "300 μs", "30 MiB/s", "30 ms", "30 s"
            ),
            _earlier(_("Sequential HDD read (8 KiB)"), "10 ms", "250 MiB/s", "2 ms", "2 s"),
            _earlier(_("Random HDD read (8 KiB)"), "10 ms", "0.7 MiB/s", "2 s", "30 min"),
        ),
    ),
    NumberGroup(
        _("Network"),
        (
            Number(_("TCP echo server (32 KiB)"), "50 μs", "500 MiB/s", "2 ms", "2 s"),
            _earlier(_("Proxy: Envoy, ProxySQL, nginx, HAProxy"), "50 μs"),
            _earlier(_("Inside one zone"), "", "10 GiB/s", "100 μs", "100 ms"),
            _earlier(_("Inside one region"), "250 μs", "2 GiB/s", "500 μs", "500 ms"),
            _earlier(_("North America, centre to east"), "25 ms", "25 MiB/s", "40 ms", "40 s"),
            _earlier(_("North America, east to west"), "60 ms", "25 MiB/s", "40 ms", "40 s"),
            _earlier(
                _("Europe, west, to North America, east"), "80 ms", "25 MiB/s", "40 ms", "40 s"
            ),
            _earlier(_("Europe, west, to Singapore"), "160 ms", "25 MiB/s", "40 ms", "40 s"),
            _earlier(_("North America, west, to Singapore"), "180 ms", "25 MiB/s", "40 ms", "40 s"),
        ),
    ),
    NumberGroup(
        _("Stores"),
        (
            _earlier(_("Query of MySQL, Memcached, Redis and the like"), "500 μs"),
            Number(
                _("Blob storage, GET with one connection (128 KiB)"),
                "80 ms",
                "100 MiB/s",
                "10 ms",
                "10 s",
            ),
            Number(
                _("Blob storage, PUT with one connection (128 KiB)"),
                "200 ms",
                "100 MiB/s",
                "10 ms",
                "10 s",
            ),
            Number(_("Blob storage, LIST"), "100 ms"),
        ),
    ),
)
