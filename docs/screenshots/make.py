"""Makes the pictures of the documents again: `make screenshots`.

A server of its own, on an empty database in a temporary folder, with the playbook that ships and
the learner of `make demo`, among others; a Chromium of this machine looks at it. The pictures are
the same every time, except for the dates.
"""

import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.request import urlopen

import django
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.machine import chromium

if TYPE_CHECKING:
    from accounts.models import User
    from progress.visitor import Mark

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
BIGGEST = 200_000
START_WITHIN = 30

OTHER_LEARNERS = 23


@dataclass(frozen=True)
class Picture:
    """One page, as one reader sees it."""

    name: str
    address: str
    width: int = 1440
    height: int = 1000
    reader: str = "demo"
    theme: Literal["light", "dark"] = "light"
    scale: int = 1


PICTURES = (
    Picture("roadmap-light", "/"),
    Picture("roadmap-dark", "/", theme="dark"),
    Picture("phone", "/", width=390, height=844, theme="dark", scale=2),
    Picture("today", "/today/"),
    Picture("articles", "/articles/?layer=data-mastery&state=reading&state=done"),
    Picture("article", "/articles/high-throughput-readswrites-read-write-separation/"),
    Picture("map", "/map/", theme="dark"),
    Picture("recall", "/me/recall/", height=800),
    Picture("my-practice", "/me/practice/"),
    Picture("my-progress", "/me/", height=1100),
    Picture("admin", "/admin/catalog/article/", reader="editor"),
)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def configure(folder: Path, site: str) -> None:
    """Django, here and in the server: nothing of this machine's `.env` counts.

    Models can be imported only afterwards, so each function does that for itself.
    """
    os.environ.update(
        DJANGO_SETTINGS_MODULE="playbook.settings",
        ENV_FILE=os.devnull,
        DEBUG="false",
        SECRET_KEY=secrets.token_urlsafe(64),
        HOST="127.0.0.1",
        PORT=site.rpartition(":")[2],
        SITE_URL=site,
        TIME_ZONE="UTC",
        WEB_WORKERS="1",
        RUN_SCHEDULER="false",
        DATABASE_URL=f"sqlite:///{folder / 'playbook.sqlite3'}",
        STATIC_ROOT=str(folder / "static"),
    )
    django.setup()


@contextmanager
def server(site: str) -> Iterator[None]:
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "prepare"], cwd=ROOT, check=True)
    with subprocess.Popen([*manage, "serve"], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(f"{site}/robots.txt")
            yield
        finally:
            process.terminate()


def wait_for(address: str) -> None:
    patience_ends = time.monotonic() + START_WITHIN
    while True:
        try:
            urlopen(address, timeout=START_WITHIN).close()
            return
        except OSError:
            if time.monotonic() > patience_ends:
                raise
            time.sleep(0.1)


def make_readers() -> dict[str, str]:
    """Create the readers of the pictures, and return their sessions."""
    from django.contrib.auth.models import Group

    from accounts.models import User
    from catalog.models import Entry
    from progress.planner.demo.learner import make_demo
    from progress.session_merge import merge

    countable = Entry.objects.listed().filter(article__status__is_countable=True)
    journey = countable.select_related("article").in_journey_order()
    articles = {entry.article.slug: entry.article_id for entry in journey}
    demo = make_demo(secrets.token_urlsafe(24))
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    # Each of the others stopped somewhere on the journey.
    chance = random.Random("learners")
    for number in range(OTHER_LEARNERS):
        learner = User.objects.create_user(f"learner-{number}")
        merge(learner, first_steps(list(articles.values())[: chance.randint(1, len(articles))]))
    return {user.username: session_of(user) for user in (demo, editor)}


def first_steps(article_ids: list[int]) -> list["Mark"]:
    return [mark(article_id, "done", days=1, minutes=n) for n, article_id in enumerate(article_ids)]


def mark(article_id: int, state: str, days: int, minutes: int) -> "Mark":
    """As a browser keeps one: so many days ago, so many minutes after midnight."""
    from progress.states import StateName
    from progress.visitor import Mark

    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight - timedelta(days=days) + timedelta(minutes=minutes)
    return Mark(int(at.timestamp() * 1_000_000), article_id, StateName(state))


def session_of(user: "User") -> str:
    from django.test import Client

    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def take(browser: Browser, picture: Picture, site: str, session: str) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=picture.scale,
        color_scheme=picture.theme,
        reduced_motion="reduce",
        locale="en",
        timezone_id="UTC",
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page = context.new_page()
    page.goto(site + picture.address, wait_until="networkidle")
    path = FOLDER / f"{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    with Image.open(path) as image:
        # Of the methods the one that keeps rare colours, those of the small icons.
        small = image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE)
    small.save(path, optimize=True)
    if path.stat().st_size > BIGGEST:
        sys.exit(f"{path.name} is larger than {BIGGEST} bytes: make its viewport smaller.")


def main() -> None:
    program = chromium()
    if program is None:
        sys.exit("The pictures are taken with Chromium: install it, then start again.")
    site = f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        configure(Path(folder), site)
        with server(site):
            sessions = make_readers()
            with sync_playwright() as playwright:
                # As root it starts without its sandbox only.
                arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
                browser = playwright.chromium.launch(executable_path=program, args=arguments)
                for picture in PICTURES:
                    take(browser, picture, site, sessions[picture.reader])


if __name__ == "__main__":
    main()
