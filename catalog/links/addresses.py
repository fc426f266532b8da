"""Restrict connections to hosts of the public internet.

A link is user input, and may redirect anywhere. Each host is resolved once, all of its addresses
are checked, and the connection goes to a checked address, so a name that resolves differently a
moment later changes nothing.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from ssl import SSLContext
from time import monotonic
from typing import Any

import httpcore

GLOBAL_UNICAST = IPv6Network("2000::/3")
# Python may treat these ranges as global: relays to IPv4, protocol assignments, documentation.
NOT_FOR_USE = [
    ip_network(net)
    for net in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
]


class NoSuchHost(Exception):
    """The name has no address."""


class PrivateAddress(Exception):
    """The host is not on the public internet."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address not in GLOBAL_UNICAST:
            return False
    if any(address in net for net in NOT_FOR_USE):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
    )


def addresses_of(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Return the addresses of the host; raise `PrivateAddress` if one of them is not public."""
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoSuchHost(host) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in resolved))
    if not allow_private and not all(is_public(ip_address(address)) for address in addresses):
        raise PrivateAddress(host)
    return addresses


class TimedStream(httpcore.NetworkStream):
    """A stream that ends at a fixed time, however slowly the other side sends."""

    def __init__(self, stream: httpcore.NetworkStream, ends_at: float) -> None:
        self.stream = stream
        self.ends_at = ends_at

    def remaining(self, timeout: float | None) -> float:
        remaining = self.ends_at - monotonic()
        if remaining <= 0:
            raise httpcore.ReadTimeout
        return remaining if timeout is None else min(remaining, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.remaining(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secure = self.stream.start_tls(ssl_context, server_hostname, self.remaining(timeout))
        return TimedStream(secure, self.ends_at)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


class PublicBackend(httpcore.SyncBackend):
    """Connects to checked addresses only; `Host` and TLS still use the name."""

    def __init__(self, *, allow_private: bool, seconds: float) -> None:
        self.allow_private = allow_private
        self.seconds = seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = NoSuchHost(host)
        for address in addresses_of(host, port, allow_private=self.allow_private):
            try:
                stream = super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return TimedStream(stream, monotonic() + self.seconds)
        raise failure
