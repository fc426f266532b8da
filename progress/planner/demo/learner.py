"""A learner with three weeks of study, so that somebody sees the whole product in a minute.

Rows are written with times in the past; everything that follows from them is computed as always.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.cases.case_index import CaseIndex
from catalog.cases.stages import StageOrder
from catalog.models import Article
from catalog.prerequisites.prerequisite_index import PrerequisiteIndex
from catalog.prompts.prompt_index import PromptIndex
from catalog.snapshot import CatalogSnapshot
from playbook.study_day import study_day
from progress.learner import LearnerProgress
from progress.models import Completion, Event, State
from progress.notes.saving import save_note
from progress.planner.day_lists import listed
from progress.planner.demo.texts import Study, Texts, read_texts
from progress.planner.models import DayList, OwnItem, Plan
from progress.planner.plan_parts import Part, PartKind
from progress.planner.saving import save_plan
from progress.practice.case_copy import CaseCopy
from progress.practice.models import Pause, PracticeSession, Scratch
from progress.practice.scoring.saving import save_own_scores
from progress.practice.scoring.score_sheet import Mark
from progress.recall.models import Card, CardKind, Rating, Review
from progress.recall.scheduling import CardState, after_review
from progress.states import StateName
from progress.texts.saving import Draft

DEMO = "demo"
DAYS = 21
INTERVIEW_IN = timedelta(days=40)
MINUTES = [30, 45, 30, 45, 30, 60, 60]
ANSWERS = (Rating.GOOD, Rating.GOOD, Rating.HARD, Rating.GOOD, Rating.AGAIN, Rating.EASY)


@transaction.atomic
def make_demo(password: str) -> User:
    """Add the learner, and return them."""
    user = User.objects.create_user(DEMO, password=password)
    now = timezone.now()
    # Every article of a new installation was added today, and none is to be shown as new.
    User.objects.filter(pk=user.pk).update(
        date_joined=now - timedelta(days=DAYS), visit_began_at=now, previous_visit_at=now
    )
    snapshot, texts = LearnerProgress(user).snapshot, read_texts()
    _study(user, snapshot, texts)
    _practise(user, snapshot, texts)
    _plan(user, texts)
    return User.objects.get(pk=user.pk)


def _study(user: User, snapshot: CatalogSnapshot, texts: Texts) -> None:
    """Finish articles in the order of the plan, one on most days, and review their prompts."""
    countable = {each.article_id for each in snapshot.indexed_entries if each.is_countable}
    order = [snapshot.by_pk[pk] for pk in PrerequisiteIndex.of(snapshot).in_order(countable)]
    readable = [article for article in order if article.url]
    now, count = timezone.now(), len(texts.studies)
    for number, (article, study) in enumerate(zip(readable, texts.studies, strict=False)):
        finished_at = now - timedelta(days=DAYS - 1 - number * 20 // count, hours=2)
        _finish(user, article, study, finished_at)
        _review(user, article, snapshot, study_day(finished_at) + timedelta(days=1))
    for article, text in zip(readable[::3], texts.notes, strict=False):
        save_note(user, article, Draft(text, 0))
    for article in readable[count : count + 1]:
        _begin(user, article, now - timedelta(hours=20))


def _begin(user: User, article: Article, at: datetime) -> None:
    _change(user, article, StateName.TODO, StateName.READING, at)
    State.objects.create(user=user, article=article, state=StateName.READING, changed_at=at)


def _finish(user: User, article: Article, study: Study, at: datetime) -> None:
    started_at = at - timedelta(minutes=study.minutes)
    _change(user, article, StateName.TODO, StateName.READING, started_at)
    _change(user, article, StateName.READING, StateName.DONE, at)
    State.objects.create(user=user, article=article, state=StateName.DONE, changed_at=at)
    Completion.objects.create(
        user=user,
        article=article,
        key_points=study.key_points,
        minutes=study.minutes,
        confidence=study.confidence,
        completed_at=at,
        updated_at=at,
    )


def _change(
    user: User, article: Article, before: StateName, after: StateName, at: datetime
) -> None:
    Event.objects.create(
        user=user, article=article, from_state=before, to_state=after, happened_at=at
    )


def _review(user: User, article: Article, snapshot: CatalogSnapshot, first: date) -> None:
    """Review the prompts of an article on the days on which they are due, up to yesterday."""
    for number, prompt in enumerate(PromptIndex.of(snapshot).of_article(article)):
        card = Card(user=user, article=article, kind=CardKind.PROMPT, prompt=prompt)
        reviews = _reviews(user, card, first, number + article.pk)
        if reviews:
            card.save()
            Review.objects.bulk_create(reviews)


def _reviews(user: User, card: Card, first: date, seed: int) -> list[Review]:
    state: CardState | None = None
    reviews: list[Review] = []
    day, today = first, study_day()
    while day < today:
        rating = ANSWERS[(seed + 5 * len(reviews)) % len(ANSWERS)]
        before, state = state, after_review(state, rating, day, user.retention)
        reviews.append(
            Review(
                uuid=uuid4(),
                user=user,
                card=card,
                rating=rating,
                reviewed_on=day,
                reviewed_at=timezone.now() - (today - day),
                due_on=before.due_on if before else None,
                predicted_recall=before.recall_on(day) if before else None,
                retention=user.retention,
            )
        )
        day = state.due_on
    card.state = state
    return reviews


def _practise(user: User, snapshot: CatalogSnapshot, texts: Texts) -> None:
    """Practise two cases, the first of them with a pause, and score both."""
    for days, case, points in zip(
        (12, 4), CaseIndex.of(snapshot).cases, ((1, 2, 1, 0), (2, 2, 3, 1)), strict=False
    ):
        started_at = timezone.now() - timedelta(days=days, minutes=50)
        practice_session = PracticeSession.objects.create(
            user=user,
            case=case,
            case_at_start=CaseCopy.of(case).as_json(),
            order=StageOrder.INTERVIEW,
            length_seconds=45 * 60,
            twist_after_seconds=case.twist_minute * 60,
            asked=[0, 2],
            started_at=started_at,
            finished_at=started_at + timedelta(minutes=44),
        )
        _write(practice_session, texts.scratches)
        _score(practice_session, points, texts.quotes)
        if days > DAYS // 2:
            Pause.objects.create(
                practice_session=practice_session,
                reason=texts.pause,
                began_at=started_at + timedelta(minutes=9),
                ended_at=started_at + timedelta(minutes=11),
            )


def _write(practice_session: PracticeSession, texts: Mapping[str, str]) -> None:
    Scratch.objects.bulk_create(
        Scratch(
            practice_session=practice_session,
            position=position,
            stage=stage,
            minutes=45 // len(texts),
            text=text,
        )
        for position, (stage, text) in enumerate(texts.items())
    )


def _score(
    practice_session: PracticeSession, points: Sequence[int], quotes: Mapping[str, str]
) -> None:
    criteria = [line.criterion for line in practice_session.copy.rubric]
    marks = {}
    for number, criterion in enumerate(criteria):
        quote, given = quotes.get(criterion, ""), points[number % len(points)]
        marks[criterion] = Mark(given, quote) if quote and given else Mark(0)
    save_own_scores(practice_session, marks)


def _lists(user: User, plan: Plan, today: date) -> list[DayList]:
    """Return the list of each earlier day on which an article was finished."""
    lists = {}
    for completion in Completion.objects.for_user(user).select_related("article"):
        day, minutes = study_day(completion.completed_at), completion.minutes or 0
        part = Part(PartKind.READ, minutes, str(completion.article.uuid), 0, minutes)
        lists[day] = DayList(plan=plan, day=day, minutes=minutes, parts=listed([part]))
    return [day_list for day, day_list in lists.items() if day < today]


def _plan(user: User, texts: Texts) -> None:
    today = study_day()
    plan = save_plan(
        LearnerProgress(user),
        {
            "begins_on": today,
            "interview_on": today + INTERVIEW_IN,
            "minutes": MINUTES,
            "layers": [],
            "sections": [],
            "practice_per_week": 1,
            "practice_minutes": 45,
        },
    )
    Plan.objects.filter(pk=plan.pk).update(begins_on=today - timedelta(days=DAYS))
    DayList.objects.bulk_create(_lists(user, plan, today))
    OwnItem.objects.create(user=user, title=texts.own_item, minutes=8)
