import socket
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from catalog.links.addresses import PublicBackend
from catalog.links.checking import HostThrottle, check_all, host_by_host
from catalog.links.link_checker import MAX_REDIRECTS, LinkChecker
from catalog.links.results import CheckResult, Fault
from tests.catalog.links.conftest import Host


def checker(**options: Any) -> LinkChecker:
    return LinkChecker(
        wait=HostThrottle(0).wait, **{"allow_private": True, "seconds": 2, **options}
    )


@pytest.mark.parametrize("status", [200, 204, 403, 404, 410, 429, 500, 503])
def test_the_status_code_is_stored(host: Host, status: int) -> None:
    host.answers["/a"] = (status, "")
    result = checker().check(host.url("/a"))
    assert result == CheckResult(status)
    assert (result.is_ok, result.is_missing) == (status < 300, status in {404, 410})


def test_the_request_names_the_site_and_uses_the_host_name(host: Host) -> None:
    host.answers["/a"] = (200, "")
    named = host.address.replace("127.0.0.1", "localhost")
    assert checker().check(f"{named}/a") == CheckResult(200)
    [(_path, headers)] = host.requests
    assert headers["User-Agent"] == "SystemDesignPlaybook-LinkCheck (+http://testserver)"
    assert headers["Host"] == named.removeprefix("http://")


def test_only_permanent_redirects_give_a_new_address(host: Host) -> None:
    host.answers |= {
        "/old": (301, "/older"),
        "/older": (308, host.url("/new")),
        "/new": (302, "/today"),
        "/today": (200, ""),
        "/for-now": (302, "/old"),
        "/same": (301, "/same#part"),
    }
    assert checker().check(host.url("/old")) == CheckResult(200, new_url=host.url("/new"))
    assert checker().check(host.url("/for-now")) == CheckResult(200)
    chain = ["/old", "/older", "/new", "/today"]
    assert host.paths == [*chain, "/for-now", *chain]


def test_the_new_address_keeps_the_fragment(host: Host) -> None:
    host.answers |= {"/old": (301, "/new"), "/new": (200, "")}
    assert checker().check(host.url("/old#part")).new_url == host.url("/new#part")


def test_a_redirect_loop_is_a_fault(host: Host) -> None:
    host.answers["/round"] = (302, "/round")
    assert checker().check(host.url("/round")) == CheckResult(fault=Fault.REDIRECTS)
    assert len(host.requests) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    "target",
    ["ftp://example.org/a", "file:///etc/passwd", "http://me:secret@example.org/", "http://[::"],
)
def test_a_redirect_to_an_invalid_address_is_not_followed(host: Host, target: str) -> None:
    host.answers["/a"] = (301, target)
    assert checker().check(host.url("/a")) == CheckResult(fault=Fault.ADDRESS)


def test_private_addresses_are_refused_unless_allowed(host: Host) -> None:
    host.answers["/a"] = (200, "")
    port = host.address.rpartition(":")[2]
    for name in ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"):
        result = checker(allow_private=False).check(f"http://{name}:{port}/a")
        assert result == CheckResult(fault=Fault.PRIVATE)
    assert host.requests == []


class TestNet(PublicBackend):
    """Allows `first.example` and resolves it to this machine."""

    __test__ = False

    def connect_tcp(self, host: str, *args: Any, **options: Any) -> Any:
        if host != "first.example":
            return super().connect_tcp(host, *args, **options)
        open_to_all = PublicBackend(allow_private=True, seconds=self.seconds)
        return open_to_all.connect_tcp("127.0.0.1", *args, **options)


def test_a_redirect_into_a_private_network_is_refused(host: Host) -> None:
    inside = host.url("/inside")
    host.answers |= {"/a": (301, inside), "/inside": (200, "")}
    careful = checker(allow_private=False)
    careful.backend = TestNet(allow_private=False, seconds=2)
    first = inside.replace("127.0.0.1", "first.example").replace("/inside", "/a")
    assert careful.check(first) == CheckResult(fault=Fault.PRIVATE)
    assert host.paths == ["/a"]


def test_a_proxy_in_the_environment_is_ignored(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.answers["/a"] = (200, "")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert checker().check(host.url("/a")) == CheckResult(200)


def test_unreachable_hosts_are_faults(host: Host) -> None:
    assert checker().check("http://nothing.invalid/") == CheckResult(fault=Fault.NO_HOST)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert checker().check(f"http://127.0.0.1:{port}/") == CheckResult(fault=Fault.CONNECTION)
    # It speaks HTTP where TLS is expected.
    secure = host.url("/a").replace("http:", "https:")
    assert checker().check(secure) == CheckResult(fault=Fault.CONNECTION)


def test_a_server_that_trickles_bytes_times_out(host: Host) -> None:
    def dribble(handler: Any) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100:
                handler.wfile.write(bytes([byte]))
                handler.connection.settimeout(0.1)
                try:
                    handler.connection.recv(1)
                    return
                except TimeoutError:
                    continue
        except OSError:
            return

    host.answers["/slow"] = dribble
    began = monotonic()
    assert checker(seconds=1).check(host.url("/slow")) == CheckResult(fault=Fault.TIMEOUT)
    assert monotonic() - began < 3


def test_a_body_is_not_read(host: Host) -> None:
    sent = []

    def pour(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _block in range(1000):
                handler.wfile.write(b"x" * 100_000)
                sent.append(100_000)
        except OSError:
            return

    host.answers["/large"] = pour
    assert checker().check(host.url("/large")) == CheckResult(200)
    assert sum(sent) < 50_000_000


def test_requests_to_one_host_are_delayed(host: Host) -> None:
    host.answers |= {"/a": (302, "/b"), "/b": (200, ""), "/c": (200, "")}
    turns = HostThrottle(0.2)
    patient = LinkChecker(wait=turns.wait, allow_private=True, seconds=2)
    began = monotonic()
    links = [(1, host.url("/a")), (2, host.url("/c"))]
    results = sorted(check_all(links, patient, turns, workers=4), key=lambda result: result[0])
    assert [(pk, result) for pk, _url, result in results] == [
        (1, CheckResult(200)),
        (2, CheckResult(200)),
    ]
    assert monotonic() - began >= 0.4
    assert sorted(host.paths) == ["/a", "/b", "/c"]


def test_requests_alternate_between_hosts() -> None:
    links = [(1, "https://a.example/1"), (2, "https://a.example/2"), (3, "https://b.example/1")]
    assert [pk for pk, _url in host_by_host(links)] == [1, 3, 2]


def test_the_number_of_workers_limits_simultaneous_checks(host: Host) -> None:
    now = [0, 0]

    def slow(handler: Any) -> None:
        now[0] += 1
        now[1] = max(now)
        handler.connection.settimeout(0.1)
        with suppress(TimeoutError):
            handler.connection.recv(1)
        now[0] -= 1
        handler.send_response(200)
        handler.end_headers()

    host.answers |= {f"/{number}": slow for number in range(6)}
    links = [(number, host.url(f"/{number}")) for number in range(6)]
    turns = HostThrottle(0)
    results = list(check_all(links, checker(), turns, workers=2))
    assert len(results) == 6
    assert now[1] == 2


def test_closing_the_results_stops_the_checks(host: Host) -> None:
    host.answers |= {f"/{number}": (200, "") for number in range(9)}
    turns = HostThrottle(30)
    patient = LinkChecker(wait=turns.wait, allow_private=True, seconds=2)
    links = [(number, host.url(f"/{number}")) for number in range(9)]
    coming = check_all(links, patient, turns, workers=2)
    next(coming)
    stopping = Thread(target=coming.close)
    stopping.start()
    stopping.join(5)
    assert not stopping.is_alive()
    assert len(host.requests) == 1
