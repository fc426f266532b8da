import socket
from ipaddress import ip_address
from typing import Any

import pytest

from catalog.links.addresses import NoSuchHost, PrivateAddress, addresses_of, is_public

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:100.64.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "100.128.0.1", "172.32.0.1", "2606:4700::1", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_off_the_public_internet_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    if "%" not in address:
        with pytest.raises(PrivateAddress):
            addresses_of(address, 80, allow_private=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_on_the_public_internet_are_accepted(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_a_host_is_judged_by_its_resolved_address(name: str) -> None:
    with pytest.raises(PrivateAddress):
        addresses_of(name, 80, allow_private=False)
    assert {"127.0.0.1", "::1"}.issuperset(addresses_of(name, 80, allow_private=True))


def test_a_name_with_a_private_address_beside_a_public_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolved(host: str, port: int, **options: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in ("1.1.1.1", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(PrivateAddress):
        addresses_of("two.example", 80, allow_private=False)


@pytest.mark.parametrize("name", ["nothing.invalid", "x" * 70 + ".example", ""])
def test_a_host_without_an_address_raises_no_such_host(name: str) -> None:
    with pytest.raises((NoSuchHost, PrivateAddress)):
        addresses_of(name, 80, allow_private=False)
