"""The output of the command that refreshes the metrics."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from catalog.models import Entry
from progress.models import State

pytestmark = pytest.mark.usefixtures("playbook")


@pytest.mark.parametrize(
    ("done", "output"),
    [
        (0, "0 learners, 0 finished articles.\n"),
        (1, "1 learner, 1 finished article.\n"),
        (2, "1 learner, 2 finished articles.\n"),
    ],
)
def test_the_command_reports_its_counts(learner: User, done: int, output: str) -> None:
    articles = dict.fromkeys(entry.article_id for entry in Entry.objects.listed())
    for article in list(articles)[:done]:
        State.objects.create(user=learner, article_id=article, state="done")
    out = StringIO()
    call_command("refresh_metrics", stdout=out)
    assert out.getvalue() == output
