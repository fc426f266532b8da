"""A minimal browser for cluster tests: it keeps cookies, sends forms and retries."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPMessage
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

TRIES = 4
SECONDS_BETWEEN = 0.5
"""A request without a response, or with a status of 500 or more, is sent again after half a second,
at most three times. A reader who presses the button again does the same."""
TIMEOUT = 30

TOKEN = "t" * 32
NONE: Mapping[str, str] = {}


class Unanswered(Exception):
    """No attempt at a request was successful."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    on_fault: Callable[[str], None] = lambda fault: None

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, data: Mapping[str, str], **headers: str) -> Answer:
        return self.ask("POST", path, urlencode(data), headers)

    def ask(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] = NONE
    ) -> Answer:
        """Send the request, up to `TRIES` times. Raise `Unanswered` if no attempt succeeds."""
        for is_last in [*[False] * (TRIES - 1), True]:
            try:
                answer = self.ask_once(method, path, body, headers)
                fault = f"{method} {path}: {answer.status}"
                if answer.status < 500:
                    return answer
            except (OSError, HTTPException) as error:
                fault = f"{method} {path}: {error!r}"
            self.on_fault(fault)
            if not is_last:
                time.sleep(SECONDS_BETWEEN)
        raise Unanswered(fault)

    def ask_once(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] = NONE
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            # New browsers send Sec-Fetch-Site with a form; older ones need the token.
            sent |= {"Sec-Fetch-Site": "same-origin", "X-CSRFToken": TOKEN}
            sent |= {"Content-Type": "application/x-www-form-urlencoded"}
            self.cookies["csrftoken"] = TOKEN
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)) as connection:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read().decode())
        self._keep_cookies(answer.headers)
        return answer

    def _keep_cookies(self, headers: HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


class Form(HTMLParser):
    """The form data that a browser would send for the fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        kind, name = attributes.get("type"), attributes.get("name")
        if tag != "input" or not name or kind == "submit":
            return
        if kind not in {"radio", "checkbox"} or "checked" in attributes:
            self.values[name] = attributes.get("value") or ""
