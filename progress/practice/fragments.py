"""Render the parts of the list of cases that show what a learner practised."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django import template
from django.db.models import Max
from django.template.loader import render_to_string

from catalog.cases.case_index import CaseIndex
from catalog.cases.case_lines import sentences_in
from catalog.cases.models import Case
from catalog.dependencies import CATALOG
from playbook.http import HttpRequest
from playbook.rendering.dependencies import READER, TIME_ZONE
from playbook.rendering.fragments import cached_fragments, per_user_fragment
from progress.learner import LearnerProgress
from progress.practice.clock import Clock, PauseSpan
from progress.practice.models import PracticeSession

register = template.Library()


@register.filter
def first_sentence(text: str) -> str:
    return sentences_in(text)[0]


class RunningSession(NamedTuple):
    """A session that is not finished, and when its time is up unless the clock stands still."""

    practice_session: PracticeSession
    ends_at: datetime | None

    @property
    def title(self) -> str:
        return self.practice_session.copy.title


def last_practised(progress: LearnerProgress) -> Mapping[int, datetime]:
    """Return when the learner last started each case, by its primary key; read once."""
    own = PracticeSession.objects.for_user(progress.user).order_by()
    return dict(own.values_list("case").annotate(Max("started_at")))


def running_sessions(progress: LearnerProgress) -> list[RunningSession]:
    """Return the sessions that are not finished, the newest first; read once."""
    own = PracticeSession.objects.for_user(progress.user).unfinished()
    return [_running(each) for each in own.prefetch_related("pauses")]


def _running(practice_session: PracticeSession) -> RunningSession:
    pauses = [PauseSpan(pause.began_at, pause.ended_at) for pause in practice_session.pauses.all()]
    started_at, length = practice_session.started_at, practice_session.length_seconds
    clock = Clock(started_at, timedelta(seconds=length), (), timedelta(0), pauses, started_at)
    return RunningSession(practice_session, None if clock.is_paused else clock.ends_at)


def least_recent(cases: list[Case], practised: Mapping[int, datetime]) -> Case | None:
    """Return the first case that was never practised, or else the one practised longest ago."""
    never = [case for case in cases if case.pk not in practised]
    return never[0] if never else min(cases, key=lambda case: practised[case.pk], default=None)


@per_user_fragment(register, READER, CATALOG, TIME_ZONE)
def practice_running(request: HttpRequest) -> str:
    """Render the unfinished sessions; for a visitor, links to sign in."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress):
        address = request.get_full_path()
        return cached_fragments(request)("practice/includes/sign-in.html", address=address)
    running = progress.derive(running_sessions)
    return render_to_string("practice/includes/running.html", {"running": running})


@per_user_fragment(register, READER, CATALOG)
def practice_least_recent(request: HttpRequest) -> str:
    """Render the button that starts the case that the learner did not practise for longest."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress):
        return ""
    cases = list(CaseIndex.of(request.snapshot).cases)
    case = least_recent(cases, progress.derive(last_practised))
    return cached_fragments(request, CATALOG)("practice/includes/least-recent.html", case=case)


@per_user_fragment(register, READER, CATALOG, TIME_ZONE)
def case_practised(request: HttpRequest, case: Case) -> str:
    """Render when the learner practised the case last."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress):
        return ""
    at = progress.derive(last_practised).get(case.pk)
    return render_to_string("practice/includes/practised.html", {"at": at})


@per_user_fragment(register, READER, CATALOG)
def case_button(request: HttpRequest, case: Case) -> str:
    """Render the button that starts the case, or leads to the learner's session of it."""
    progress, template = request.progress, "practice/includes/case-button.html"
    if isinstance(progress, LearnerProgress):
        for running in progress.derive(running_sessions):
            if running.practice_session.case_id == case.pk:
                own = {"running_url": running.practice_session.get_absolute_url()}
                return cached_fragments(request, CATALOG).filled(template, own, case=case)
    return cached_fragments(request, CATALOG)(template, case=case, running_url="")
