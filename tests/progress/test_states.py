"""Adding a state: what `progress.states.StateName` declares reaches everything else."""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.filters import EntryFilterForm
from catalog.models import Article
from catalog.snapshot import current
from progress import states
from progress.export import progress_of
from progress.forms import StateForm
from progress.learner import LearnerProgress
from progress.metrics import STATE_CHANGES
from progress.models import Event, State
from progress.states import Stage, StateChoices, StateName, StateTraits

REVISIT = StateTraits(stage=Stage.STARTED, rank=4, key="v", verb="Revisit")


def extended(name: str, *definition: object) -> type[StateName]:
    """Return a copy of the enumeration with one more member."""
    members = {state.name: (state.value, state.traits, state.label) for state in StateName}
    # The stubs know the call that finds a member, not the one that makes an enumeration.
    return StateChoices("StateName", {**members, name: definition})  # type: ignore[arg-type,return-value]  # made at run time


@pytest.fixture
def wallet(playbook: None) -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.fixture
def five_states(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[type[StateName]]:
    """Replace the enumeration with the copy, as adding a member and a migration would."""
    copy = extended("REVISIT", "revisit", REVISIT, "Revisit")
    for name, module in list(sys.modules.items()):
        if name.startswith("progress.") and getattr(module, "StateName", None) is StateName:
            monkeypatch.setattr(module, "StateName", copy)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("ALTER TABLE progress_state DROP CONSTRAINT check_state_state")
    yield copy
    # A change counted in the added state would stay in the metrics of later tests.
    for is_undo in ("false", "true"):
        with suppress(KeyError):
            STATE_CHANGES.remove("revisit", is_undo)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def revisited(learner: User, wallet: Article, five_states: type[StateName]) -> Article:
    LearnerProgress(learner).set(wallet, five_states("revisit"))
    return wallet


def test_an_added_state_is_in_the_totals(learner: User, revisited: Article) -> None:
    figure = LearnerProgress(learner).totals.overall
    assert figure["revisit"] == 1
    assert ("revisit", 1) in [(count.state.value, count.number) for count in figure.counts]
    assert sum(number for _state, number in figure.numbers) == figure.countable == 39
    assert "state=revisit" in figure.required_url


def test_an_added_state_can_be_filtered_by(learner: User, revisited: Article) -> None:
    form = EntryFilterForm(
        QueryDict("state=revisit"), snapshot=current(learner), progress=LearnerProgress(learner)
    )
    assert {indexed.article_id for indexed in form.apply()} == {revisited.pk}


def test_an_added_state_is_exported(learner: User, revisited: Article) -> None:
    exported = progress_of(learner)
    assert [state["state"] for state in exported["states"]] == ["revisit"]
    assert [event["to"] for event in exported["events"]] == ["revisit"]


def test_an_added_state_has_a_button_a_column_and_a_key(
    client: Client, learner: User, revisited: Article
) -> None:
    client.force_login(learner)
    page = client.get(reverse("progress:progress_detail")).content.decode()
    assert '<th scope="col">Revisit</th>' in page
    assert re.search(r'data-label="Revisit"><a href="[^"]+state=revisit">1</a>', page)
    assert '<div data-key="v" data-state="revisit">' in page
    article = client.get(revisited.get_absolute_url()).content.decode()
    assert re.search(r'name="state" value="revisit" aria-pressed="true">.*Revisit', article)


def test_an_added_state_is_accepted_and_named_by_the_form(
    client: Client, learner: User, wallet: Article, five_states: type[StateName]
) -> None:
    assert StateForm({"state": "revisit"}).is_valid()
    reason = StateForm({"state": "burnt"}).reason
    assert reason == "“burnt” is not a state: to do, reading, done, skipped or revisit."


def test_an_added_state_of_a_visitor_is_merged_at_sign_in(
    client: Client, learner: User, wallet: Article, five_states: type[StateName]
) -> None:
    client.post(reverse("progress:state_set", args=[wallet.slug]), {"state": "revisit"})
    client.post(reverse("account_login"), {"login": "learner", "password": "a-learner's-password"})
    assert State.objects.get(user=learner).state == "revisit"
    assert Event.objects.get(user=learner).to_state == "revisit"


# --- The declaration itself


def test_a_state_without_traits_is_refused_by_name() -> None:
    with pytest.raises((TypeError, RuntimeError)) as refusal:
        extended("REVISIT", "revisit", "Revisit")
    reasons = [str(refusal.value), str(refusal.value.__cause__)]
    assert "The state “revisit” needs StateTraits" in " ".join(reasons)


@pytest.mark.parametrize("trait", ["stage", "rank", "key", "verb"])
def test_a_missing_trait_is_refused_by_name(trait: str) -> None:
    traits = {"stage": Stage.STARTED, "rank": 4, "key": "v", "verb": "Revisit"}
    del traits[trait]
    with pytest.raises(TypeError, match=rf"'{trait}'"):
        StateTraits(**traits)  # type: ignore[arg-type]  # one is missing


@pytest.mark.parametrize("state", StateName)
def test_two_states_cannot_share_a_rank_or_a_key(state: StateName) -> None:
    others = [other for other in StateName if other is not state]
    assert state.rank not in {other.rank for other in others}, state.name
    assert state.key not in {other.key for other in others}, state.name
    script = (Path(settings.BASE_DIR) / "static/js/keys.js").read_text()
    actions = re.findall(r'^  "?([^\s"])"?: ', script.partition("const ACTIONS")[2], re.MULTILINE)
    assert {"j", "k", "z", "/", "?"} <= set(actions)
    assert re.fullmatch("[a-z]", state.key), state.name
    assert state.key not in actions, state.name


def test_only_one_state_has_no_row() -> None:
    assert StateName.at(Stage.NOT_STARTED) == [StateName.TODO]
    assert StateName.stored() == [state for state in StateName if state != StateName.TODO]


@pytest.mark.parametrize("state", StateName)
def test_a_change_to_a_state_without_study_is_not_study(state: StateName) -> None:
    detour = StateName.detour(state)
    assert detour != state
    assert detour.stage not in states.STUDY
