"""A request whose body never arrives holds nobody else up."""

from collections.abc import Iterator

import pytest

from tests.faults.sockets import stalled
from tests.playbook.program import get, served


@pytest.fixture(scope="module")
def served_site(site: dict[str, str]) -> Iterator[dict[str, str]]:
    with served(**site):
        yield site


def test_pages_are_served_beside_a_stalled_body(served_site: dict[str, str]) -> None:
    with stalled(int(served_site["PORT"]), 1):
        assert get(served_site, "/")[0] == 200
        assert get(served_site, "/healthz") == (200, "ok\n")
