"""Create learners who have finished every article, and have notes, cards, reviews and a session."""

from datetime import timedelta

from accounts.models import User
from bench.data.practice import make_sessions
from bench.data.readers import make_readers
from catalog.models import Entry
from catalog.prompts.models import Prompt
from playbook.formats.markdown import render_markdown
from playbook.study_day import study_day
from progress.models import State
from progress.notes.models import Note
from progress.recall.models import Card, CardKind, Review

DAILY_REVIEWS = 500
"""More than the cards of a learner, so that a rating always leads to a next card."""
TEXT = "What I understood of it, in *my own words*.\n\n- A first point\n- A second point\n"


def make_students(count: int) -> list[User]:
    """Create learners with notes, a due card for each prompt, and a running practice session."""
    users = make_readers(count, done_entries=Entry.objects.count(), prefix="student")
    User.objects.filter(pk__in=[user.pk for user in users]).update(daily_review_limit=DAILY_REVIEWS)
    cards = Card.objects.bulk_create(
        due_card(user, prompt, number)
        for user in users
        for number, prompt in enumerate(Prompt.objects.current().in_order())
    )
    Review.objects.bulk_create(first_review(card) for card in cards)
    html = render_markdown(TEXT)
    states = State.objects.filter(user__in=users).values_list("user_id", "article_id")
    Note.objects.bulk_create(
        Note(user_id=user, article_id=article, text=TEXT, html=html) for user, article in states
    )
    make_sessions(users)
    return users


def due_card(user: User, prompt: Prompt, number: int) -> Card:
    """Return a card that was reviewed once, and is due for up to a week."""
    due_on = study_day() - timedelta(days=number % 7)
    reviewed_on = due_on - timedelta(days=3)
    return Card(
        user=user,
        article_id=prompt.article_id,
        kind=CardKind.PROMPT,
        prompt=prompt,
        stability=3.0,
        difficulty=5.0,
        due_on=due_on,
        first_reviewed_on=reviewed_on,
        last_reviewed_on=reviewed_on,
    )


def first_review(card: Card) -> Review:
    assert card.last_reviewed_on
    return Review(
        user_id=card.user_id, card=card, rating=3, reviewed_on=card.last_reviewed_on, retention=90
    )


def prompts() -> list[str]:
    """Return the UUIDs of the prompts, which are the keys of their cards."""
    return [str(prompt.uuid) for prompt in Prompt.objects.current().in_order()]
