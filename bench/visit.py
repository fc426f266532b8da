"""Measure the first visit to the roadmap: bytes, round trips and render-blocking files."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, sync_playwright

from bench.environment import RunningSite
from bench.paths import ROADMAP
from bench.rows import SingleRow
from bench.site import Site
from tests.machine import chromium

BLOCKING = """() => performance.getEntriesByType("resource")
    .filter((entry) => entry.renderBlockingStatus === "blocking").map((entry) => entry.name)"""
# Headless Chromium does not load the icons and the manifest, which other browsers load.
LOAD_THE_REST = """() => Promise.all(
    [...document.querySelectorAll("link[rel~=icon], link[rel=manifest]")]
        .map((link) => fetch(link.href).then((answer) => answer.blob())))"""


@dataclass
class Wire:
    """The requests of a visit: address and size by request id, and the initiator by address."""

    addresses: dict[str, str] = field(default_factory=dict)
    initiators: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def watch(self, session: CDPSession) -> None:
        session.on("Network.requestWillBeSent", self.sent)
        session.on("Network.loadingFinished", self.finished)
        session.send("Network.enable")

    def sent(self, event: dict[str, Any]) -> None:
        address = event["request"]["url"]
        self.addresses[event["requestId"]] = address
        self.initiators.setdefault(address, event["initiator"].get("url", ""))

    def finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def depth(self, address: str, page: str) -> int:
        """Return the number of successive responses that rendering waits for, without the page."""
        by = self.initiators.get(address, "")
        return 1 if by in {"", page, address} else 1 + self.depth(by, page)


def rows(running_site: RunningSite) -> Iterator[SingleRow]:
    page, wire, blocking = first_visit(running_site.site)
    received = sum(wire.sizes.values()) / 1e3
    vendor = running_site.databases.vendor
    yield SingleRow(vendor, "First visit to the roadmap, all that is received", received, "KB", 60)
    rounds = max((wire.depth(address, page) for address in blocking), default=0)
    yield SingleRow(vendor, "Round trips of what blocks its drawing", rounds, "", 1)
    yield SingleRow(vendor, "Files that block its drawing", len(blocking), "")


def first_visit(site: Site) -> tuple[str, Wire, list[str]]:
    """Return the page's address, the bytes received, and the addresses that blocked rendering."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    wire = Wire()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        context = browser.new_context()
        page = context.new_page()
        wire.watch(context.new_cdp_session(page))
        page.goto(site.origin + ROADMAP, wait_until="networkidle")
        blocking: list[str] = page.evaluate(BLOCKING)
        page.evaluate(LOAD_THE_REST)
        address = page.url
        browser.close()
    return address, wire, blocking
