"""The command, with a host of this machine."""

import sys
from io import StringIO
from socket import socket
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.links.management.commands import check_links
from catalog.links.models import Check, Outcome
from catalog.models import Article, Status
from tests.catalog.links.conftest import Host

pytestmark = pytest.mark.django_db


def make(host: Host, **answers: tuple[int, str]) -> dict[str, Article]:
    status = Status.objects.get_or_create(slug="published", label="Published", colour="green")[0]
    host.answers |= {f"/{name}": answer for name, answer in answers.items()}
    return {
        name: Article.objects.create(title=name, url=host.url(f"/{name}"), status=status)
        for name in answers
    }


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("check_links", "--delay", "0", *arguments, stdout=out)
    return out.getvalue()


def test_every_link_is_checked_and_its_result_stored(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    articles = make(
        host, fine=(200, ""), closed=(403, ""), busy=(429, ""), lost=(404, ""), old=(301, "/fine")
    )
    retired = make(host, retired=(200, ""))["retired"]
    retired.retire()
    Article.objects.create(title="No link yet", status=retired.status)
    output = run("--allow-private", "--workers", "2")
    assert output == "5 links: 1 ok, 1 moved, 0 gone, 3 unknown.\n"
    assert capsys.readouterr() == ("", "")
    checks = {check.article.title: check for check in Check.objects.select_related("article")}
    assert {name: (check.outcome, check.status_code) for name, check in checks.items()} == {
        "fine": (Outcome.OK, 200),
        "closed": (Outcome.UNKNOWN, 403),
        "busy": (Outcome.UNKNOWN, 429),
        "lost": (Outcome.UNKNOWN, 404),
        "old": (Outcome.MOVED, 200),
    }
    assert checks["old"].new_url == articles["fine"].url
    assert "/retired" not in host.paths


@pytest.mark.parametrize(("verbosity", "is_shown"), [("0", False), ("1", True)])
def test_a_terminal_shows_the_progress_unless_told_otherwise(
    host: Host,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verbosity: str,
    is_shown: bool,
) -> None:
    make(host, fine=(200, ""))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run("--allow-private", "--verbosity", verbosity)
    assert ("1/1" in capsys.readouterr().err) == is_shown


def test_private_addresses_are_refused_unless_allowed(host: Host) -> None:
    make(host, fine=(200, ""))
    assert run() == "1 links: 0 ok, 0 moved, 0 gone, 1 unknown.\n"
    assert Check.objects.get().reason == "it leads to a private network"
    assert host.requests == []


def refused_address() -> str:
    """Return an address where no server listens."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("answers", "is_hinted"), [({}, True), ({"fine": (200, "")}, False), ({"no": (403, "")}, False)]
)
def test_missing_internet_access_is_reported(
    host: Host, answers: dict[str, tuple[int, str]], is_hinted: bool
) -> None:
    make(host, **answers)
    status = Status.objects.get_or_create(slug="published", label="Published", colour="green")[0]
    Article.objects.create(title="Nobody listens", url=refused_address(), status=status)
    Article.objects.create(title="No host", url="http://host.invalid/", status=status)
    output = run("--allow-private").splitlines()
    assert ("No link could be reached" in output[-1]) is is_hinted
    assert len(output) == (2 if is_hinted else 1)
    assert run("--allow-private", "--verbosity", "0") == ""


def test_a_second_check_replaces_the_first(host: Host) -> None:
    make(host, fine=(503, ""))
    run("--allow-private")
    host.answers["/fine"] = (200, "")
    run("--allow-private")
    assert Check.objects.get().outcome == Outcome.OK


def test_results_before_an_interruption_are_stored(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(host, a=(200, ""), b=(200, ""), c=(200, ""))

    def interrupted(visits: Any, **options: Any) -> Any:
        yield next(visits)
        raise KeyboardInterrupt

    monkeypatch.setattr(check_links, "tqdm", interrupted)
    with pytest.raises(CommandError, match="1 of 3 links were checked and stored") as stopped:
        run("--allow-private", "--workers", "1")
    assert stopped.value.returncode == 130
    assert Check.objects.count() == 1


@pytest.mark.parametrize(
    "arguments", [("--workers", "0"), ("--workers", "x"), ("--timeout", "0"), ("--delay", "-1")]
)
def test_invalid_options_are_refused(arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="a number from"):
        run(*arguments)


def test_a_catalogue_without_links_is_accepted() -> None:
    assert run() == "0 links: 0 ok, 0 moved, 0 gone, 0 unknown.\n"
