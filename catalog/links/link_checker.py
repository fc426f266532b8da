"""Check one link: which status it returns and where it redirects."""

import ssl
from collections.abc import Callable, Iterator

import httpcore
import httpx
from django.conf import settings

from catalog.links.addresses import NoSuchHost, PrivateAddress, PublicBackend
from catalog.links.results import URL_MAX_LENGTH, CheckResult, Fault

MAX_REDIRECTS = 5
PERMANENT = {301, 308}


class Body(httpx.SyncByteStream):
    """The body of a response, which is never read."""

    def __init__(self, response: httpcore.Response) -> None:
        self.response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self.response.iter_stream()

    def close(self) -> None:
        self.response.close()


class PublicTransport(httpx.BaseTransport):
    def __init__(self, ssl_context: ssl.SSLContext, backend: PublicBackend) -> None:
        self.pool = httpcore.ConnectionPool(
            ssl_context=ssl_context, max_keepalive_connections=0, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        response = self.pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=Body(response))

    def close(self) -> None:
        self.pool.close()


def user_agent() -> str:
    return f"SystemDesignPlaybook-LinkCheck (+{settings.SITE_URL})"


class LinkChecker:
    """Checks links, from several threads if needed; keeps no cookies between checks."""

    def __init__(
        self, *, wait: Callable[[str], object], seconds: float = 20, allow_private: bool = False
    ) -> None:
        self.seconds = seconds
        self.wait = wait
        self.ssl_context = httpx.create_ssl_context(trust_env=False)
        self.backend = PublicBackend(allow_private=allow_private, seconds=seconds)

    def check(self, url: str) -> CheckResult:
        try:
            with self.client() as client:
                return self.follow(client, url)
        except PrivateAddress:
            return CheckResult(fault=Fault.PRIVATE)
        except NoSuchHost:
            return CheckResult(fault=Fault.NO_HOST)
        except (httpcore.TimeoutException, httpx.TimeoutException):
            return CheckResult(fault=Fault.TIMEOUT)
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return CheckResult(fault=Fault.CONNECTION)
        except (httpx.InvalidURL, httpx.RequestError, UnicodeError, ValueError):
            return CheckResult(fault=Fault.ADDRESS)

    def client(self) -> httpx.Client:
        return httpx.Client(
            transport=PublicTransport(self.ssl_context, self.backend),
            headers={"User-Agent": user_agent(), "Accept": "text/html, */*;q=0.5"},
            timeout=self.seconds,
            trust_env=False,
        )

    def follow(self, client: httpx.Client, url: str) -> CheckResult:
        start = permanent = httpx.URL(url)
        is_permanent = True
        request = client.build_request("GET", start)
        for _step in range(MAX_REDIRECTS + 1):
            if not is_usable(request.url):
                return CheckResult(fault=Fault.ADDRESS)
            self.wait(request.url.host)
            # Only the headers are needed, and a body may be of any size.
            response = client.send(request, stream=True, follow_redirects=False)
            response.close()
            if response.next_request is None:
                return CheckResult(response.status_code, new_url=moved(start, permanent))
            request = response.next_request
            is_permanent = is_permanent and response.status_code in PERMANENT
            if is_permanent:
                permanent = request.url
        return CheckResult(fault=Fault.REDIRECTS)


def is_usable(url: httpx.URL) -> bool:
    return (
        url.scheme in {"http", "https"}
        and bool(url.host)
        and not url.userinfo
        and len(str(url)) <= URL_MAX_LENGTH
    )


def moved(start: httpx.URL, permanent: httpx.URL) -> str:
    """Return the new address; empty if it is the old one."""
    return "" if permanent == start else str(permanent)
