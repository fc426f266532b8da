"""The Nu Html Checker over every page."""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.cases.models import Case
from catalog.cases.shipped import load_cases
from catalog.models import Article, Entry
from progress.finishing import Report, finish
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.recall.models import Rating
from progress.recall.reviewing import review_card
from tests import machine
from tests.accounts.passwords import confirm
from tests.e2e.conftest import PASSWORD
from tests.e2e.test_accessibility import (
    BEHIND_THE_PASSWORD,
    EDITING,
    PLANNED,
    PUBLIC,
    SIGNED_IN,
    plan_for,
)

PACKAGE = "vnu-jar@26.9.27"
# The starts of messages that are no faults, each with its reason.
ACCEPTED = (
    # The attributes of htmx, as its documentation spells them.
    "Attribute “hx-",
    # SVG 2 has it on every shape; the checker knows it on path only.
    "Attribute “pathLength” not allowed on element “circle”",
    # The handles that django-admin-sortable2 renders into its lists.
    "Attribute “pk” not allowed on element “div”",
    "Attribute “order” not allowed on element “div”",
)


STUDYING = [
    "/me/recall/",
    "/me/recall/cards/",
    "/me/recall/cards/?kind=own",
    "/me/recall/statistics/",
    "/articles/payment-wallet/cards/add/",
    "/articles/payment-wallet/finish/",
    "/articles/payment-wallet/",
]


def study(account: User) -> str:
    """Finish an article with key points and rate their card; return the address of the card."""
    article = Article.objects.get(slug="payment-wallet")
    finish(LearnerProgress(account), article, Report("A point"))
    key = Completion.objects.get().uuid
    review_card(LearnerProgress(account), key, Rating.GOOD, uuid4())
    return f"/me/recall/cards/{key}/"


@pytest.fixture(scope="module")
def jar() -> Path:
    """Return the checker, which npm downloads once; skip the test where that is impossible."""
    if not shutil.which("npx") or not machine.provide_if_possible("java", "default-jre-headless"):
        pytest.skip("the checker is a Java program from npm, and this machine has no Java or npm")
    find = ["npx", "--yes", "--package", PACKAGE, "sh", "-c", "readlink -f $(which vnu)"]
    try:
        found = subprocess.run(find, capture_output=True, text=True, check=True, timeout=180)
    except subprocess.SubprocessError as error:
        pytest.skip(f"npm could not download the checker: {error}")
    return Path(found.stdout.strip()).parent / "build" / "dist" / "vnu.jar"


def faults_of(jar: Path, files: Sequence[Path]) -> list[str]:
    """Return the checker's messages about the files that are not accepted."""
    command = ["java", "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, files)]
    checked = subprocess.run(command, capture_output=True, text=True, check=True)
    return sorted(
        f"{Path(message['url']).name}: {message['message']}"
        for message in json.loads(checked.stderr)["messages"]
        if message["type"] == "error" and not message["message"].startswith(ACCEPTED)
    )


def test_every_page_is_valid_html(
    client: Client, jar: Path, account: User, tmp_path: Path, playbook: None
) -> None:
    entry = Entry.objects.listed()[0]
    objects = {"article": entry.article_id, "entry": entry.pk, "section": entry.section_id}
    load_cases()
    objects["case"] = Case.objects.in_order()[0].pk
    files = []

    def save(path: str, reader: str) -> None:
        response = client.get(path)
        assert response.status_code == 200, path
        files.append(tmp_path / f"{reader}{re.sub('[^a-z0-9]+', '-', path)}.html")
        files[-1].write_bytes(response.content)

    def save_all(paths: Sequence[str], reader: str) -> None:
        for path in paths:
            save(path, reader)

    save_all(PUBLIC, "visitor")
    client.force_login(account)
    save_all(STUDYING, "learner")
    card = study(account)
    save_all([*STUDYING, card, f"{card}split/"], "studying")
    save_all([path for path in SIGNED_IN if "reauthenticate" not in path], "learner")
    plan = plan_for(account)
    save_all(PLANNED, "planning")
    plan.interview_on = timezone.localdate()
    plan.save()
    save("/today/", "on-the-day")
    confirm(client, PASSWORD)
    save_all(BEHIND_THE_PASSWORD, "learner")
    client.force_login(User.objects.create_superuser("edith", "edith@example.org", "x"))
    shown = (
        path for path in EDITING if not re.search(r"\{(revision|suggestion)\}|brokenlink/\{", path)
    )
    save_all([path.format(**objects) for path in shown], "editor")
    assert len(files) > 40
    assert faults_of(jar, files) == []
