from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from catalog.cases.shipped import load_cases
from catalog.prompts.shipped import load_prompts
from playbook.study_day import study_day
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.planner.models import DayList
from progress.recall.deck import Deck
from progress.recall.models import Review


@pytest.fixture
def installation(playbook: None) -> None:
    """Load what ships, as a new installation has it."""
    load_prompts()
    load_cases()


def test_the_demonstration_fills_every_page(installation: None) -> None:
    output = StringIO()
    call_command("demo", stdout=output)
    demo = User.objects.get()
    password = output.getvalue().split()[-1]
    client = Client()
    client.post("/accounts/login/", {"login": "demo", "password": password})
    pages = {
        address: client.get(address).content.decode()
        for address in ("/", "/today/", "/me/", "/me/notes/", "/me/recall/", "/me/practice/")
    }
    assert "12 of 39 done" in pages["/"]
    assert "since your last visit" not in pages["/"]
    assert "40 days" in pages["/today/"]
    assert "today-row" in pages["/today/"]
    assert "consumer group" in pages["/me/notes/"]
    assert "recall-question" in pages["/me/recall/"]
    assert "By line of the rubric" in pages["/me/practice/"]
    studied = {study_day(each.completed_at) for each in Completion.objects.all()}
    assert set(DayList.objects.exclude(day=study_day()).values_list("day", flat=True)) == studied
    assert len(studied) == 12
    assert Review.objects.lasting().exists()
    assert Deck(LearnerProgress(demo)).due_count


def test_the_demonstration_is_for_an_empty_installation(installation: None, learner: User) -> None:
    with pytest.raises(CommandError, match="There are learners already"):
        call_command("demo")
    assert list(User.objects.all()) == [learner]


@pytest.mark.same_everywhere
def test_an_account_named_like_the_demonstration_stays(db: None) -> None:
    administrator = User.objects.create_superuser("demo")
    with pytest.raises(CommandError, match="There is an account named demo already"):
        call_command("demo")
    assert list(User.objects.all()) == [administrator]
