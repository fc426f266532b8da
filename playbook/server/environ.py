"""The request that a WSGI application gets, made from one of RSGI."""

import io
import sys
from http import HTTPStatus
from typing import Any, Protocol

from playbook.server.bodies import REFUSAL


class Headers(Protocol):
    """The headers of a request, with their names in lower case."""

    def __contains__(self, name: str) -> bool: ...
    def get(self, name: str) -> str | None: ...
    def items(self) -> list[tuple[str, str]]: ...


class Scope(Protocol):
    """The part of Granian's scope that is used here."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Headers


CONSTANT: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def environ_of(scope: Scope, body: bytes, refusal: HTTPStatus | None) -> dict[str, Any]:
    server, _, port = scope.server.rpartition(":")
    return {
        **CONSTANT,
        **variables_of(scope.headers),
        "REQUEST_METHOD": scope.method,
        # WSGI's text is the bytes of the address, one character each.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        REFUSAL: refusal,
    }


def variables_of(headers: Headers) -> dict[str, str]:
    """Return the headers as WSGI's variables; the body they describe has been read.

    A name with an underscore would become the variable of a different header, such as one that
    only a trusted proxy may set, so it is left out, as nginx does.
    """
    variables: dict[str, str] = {}
    for name, value in headers.items():
        if "_" in name or name in {"content-length", "transfer-encoding"}:
            continue
        variable = name.upper().replace("-", "_")
        variable = variable if name == "content-type" else f"HTTP_{variable}"
        separator = "; " if name == "cookie" else ","
        earlier = variables.get(variable)
        variables[variable] = value if earlier is None else f"{earlier}{separator}{value}"
    return variables
