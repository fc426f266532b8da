"""The site as Granian runs it: a request takes a thread when its body has arrived, not before.

RSGI is Granian's own protocol; the site behind it stays a WSGI application.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from http import HTTPStatus
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol

from django.conf import settings

from playbook.server.bodies import DEFAULT, KIBIBYTE, limit_for
from playbook.server.environ import Scope, environ_of
from playbook.wsgi import application

logger = logging.getLogger(__name__)

READ_WITHIN = 10
"""Seconds in which a body has to arrive, beside the time for what has arrived of it."""
SLOWEST = 64 * KIBIBYTE
"""Bytes a second that a large body needs at least."""
LARGE_AT_ONCE = 4
"""Bodies above the default limit that a worker reads at the same time; the others wait, unread."""
WAIT_FOR_TURN = 30
"""Seconds that a large body waits for those before it."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class HttpProtocol(Protocol):
    """The part of Granian's protocol that is used here."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


class Refused(Exception):
    """The body was not read, because of this status."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class Threads:
    """Threads that each answer one request at a time, in the order in which they came."""

    def __init__(self, name: str, count: int) -> None:
        self.waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        for number in range(count):
            Thread(target=self.work, name=f"{name}-{number}", daemon=True).start()

    def work(self) -> None:
        while True:
            self.waiting.get()()

    def run(self, task: Callable[[], None]) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def run_and_report() -> None:
            try:
                task()
            finally:
                # A loop that was stopped meanwhile waits for nothing.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(finish, done)

        self.waiting.put(run_and_report)
        return done


def finish(done: asyncio.Future[None]) -> None:
    if not done.cancelled():
        done.set_result(None)


class Site:
    """Reads bodies on the event loop, with a limit and a deadline, and answers in threads."""

    def __init__(self) -> None:
        self.turns_of_large_bodies = asyncio.Semaphore(LARGE_AT_ONCE)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.readers = self.writers = Threads("reader", settings.THREADS_PER_WORKER)
        if settings.WRITING_THREADS_PER_WORKER < settings.THREADS_PER_WORKER:
            self.writers = Threads("writer", settings.WRITING_THREADS_PER_WORKER)
        # No probe waits for a reader, and the one that checks nothing waits for no other.
        self.threads = {"/healthz": Threads("health", 1)}
        self.threads |= dict.fromkeys(("/readyz", "/metrics/prometheus"), Threads("probe", 1))

    def __rsgi__(self, scope: Scope, protocol: HttpProtocol) -> Awaitable[None]:
        if "content-length" in scope.headers or "transfer-encoding" in scope.headers:
            return self.read_and_answer(scope, protocol)
        return self.answer(scope, protocol)

    async def read_and_answer(self, scope: Scope, protocol: HttpProtocol) -> None:
        try:
            body = await self.read(scope, protocol)
        except Refused as refused:
            await self.answer(scope, protocol, refusal=refused.status)
        else:
            await self.answer(scope, protocol, body)

    async def read(self, scope: Scope, protocol: HttpProtocol) -> bytes:
        """Return the body, or raise `Refused`, before a byte is read where that is possible."""
        limit = limit_for(scope.path)
        length = scope.headers.get("content-length")
        expected = int(length) if length else limit
        if expected > limit:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        is_large = expected > DEFAULT
        try:
            async with self.turn_of_large_body() if is_large else nullcontext():
                body = await read_up_to(limit, protocol)
        except TimeoutError:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None
        if length and len(body) != expected:
            raise Refused(HTTPStatus.BAD_REQUEST)
        return body

    @asynccontextmanager
    async def turn_of_large_body(self) -> AsyncIterator[None]:
        async with asyncio.timeout(WAIT_FOR_TURN):
            await self.turns_of_large_bodies.acquire()
        try:
            yield
        finally:
            self.turns_of_large_bodies.release()

    def answer(
        self,
        scope: Scope,
        protocol: HttpProtocol,
        body: bytes = b"",
        refusal: HTTPStatus | None = None,
    ) -> Awaitable[None]:
        others = self.readers if scope.method in SAFE_METHODS else self.writers
        threads = self.threads.get(scope.path, others)
        return threads.run(lambda: respond(environ_of(scope, body, refusal), protocol))


async def read_up_to(limit: int, protocol: HttpProtocol) -> bytes:
    """Return the body. Only what has arrived gives it more time, so a stalled one ends early."""
    began = asyncio.get_running_loop().time()
    body = bytearray()
    async with asyncio.timeout(READ_WITHIN) as time_left:
        async for chunk in protocol:
            body += chunk
            if len(body) > limit:
                raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            time_left.reschedule(began + READ_WITHIN + len(body) / SLOWEST)
    return bytes(body)


def respond(environ: dict[str, Any], protocol: HttpProtocol) -> None:
    """Send the whole response at once, so that a client that reads slowly holds no thread."""
    head: tuple[int, list[tuple[str, str]]] = (HTTPStatus.INTERNAL_SERVER_ERROR.value, [])

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        nonlocal head
        head = int(status[:3]), headers

    try:
        response = application(environ, start_response)
        try:
            protocol.response_bytes(*head, b"".join(response))
        finally:
            response.close()
    except BaseException:
        logger.exception("A request failed outside Django")
        with suppress(Exception):
            protocol.response_bytes(HTTPStatus.INTERNAL_SERVER_ERROR, [], b"")


site = Site()
