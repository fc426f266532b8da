"""Links with which somebody without an account scores a practice session once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from playbook.http import full_address
from progress.operations import create_once
from progress.practice.models import PracticeSession, ReviewLink
from progress.practice.scoring.saving import lock_session, write_scores
from progress.reader import ReaderGone
from progress.sql import lock_learner

if TYPE_CHECKING:
    from progress.practice.scoring.score_sheet import Marks

SALT = "progress.practice.review-link"
VALID_FOR = timedelta(days=7)
LINKS_MAX = 20
"""The number of links of one session, used and revoked ones included."""


class TooManyLinks(Exception):
    """The practice session has as many links as it can have."""


class LinkClosed(Exception):
    """The link expired, was revoked, or was used."""

    def __init__(self, link: ReviewLink) -> None:
        super().__init__()
        self.link = link


def token_of(link: ReviewLink) -> str:
    """Return the last part of the link's address. It is signed, so nobody can guess another."""
    return signing.dumps(link.uuid.hex, salt=SALT)


def address_of(link: ReviewLink) -> str:
    """Return the full address of the link."""
    return full_address(reverse("practice:review_add", args=[token_of(link)]))


def link_of(token: str) -> ReviewLink:
    """Return the link of an address. Raise `ReviewLink.DoesNotExist`, also of a closed account."""
    try:
        uuid = UUID(hex=signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise ReviewLink.DoesNotExist from None
    links = ReviewLink.objects.filter(practice_session__user__is_active=True)
    related = ("practice_session__user", "practice_session__case")
    return links.select_related(*related).get(uuid=uuid)


@transaction.atomic
def create_link(practice_session: PracticeSession, operation: UUID) -> ReviewLink:
    """Create a link of seven days. The same operation creates it once.

    Raise `TooManyLinks`, `UsedOperation`, `Http404` or `ReaderGone`.
    """
    lock_session(practice_session)
    user = practice_session.user
    links = ReviewLink.objects.for_user(user).filter(practice_session=practice_session)
    if link := links.filter(uuid=operation).first():
        return link
    if links.count() >= LINKS_MAX:
        raise TooManyLinks
    now = timezone.now()
    return create_once(
        ReviewLink,
        operation,
        practice_session=practice_session,
        created_at=now,
        expires_at=now + VALID_FOR,
    )


@transaction.atomic
def revoke_link(link: ReviewLink) -> None:
    """Close the link. The points that were given through it stay. Raise `ReaderGone`."""
    user = link.practice_session.user
    if not lock_learner(user):
        raise ReaderGone
    links = ReviewLink.objects.for_user(user).filter(pk=link.pk)
    links.filter(revoked_at=None).update(revoked_at=timezone.now())


@transaction.atomic
def use_link(link: ReviewLink, marks: Marks, reviewer: str, comment: str) -> None:
    """Store the points given through the link, and close it. Raise `LinkClosed`.

    Locking the learner first makes two submissions wait for each other.
    """
    user = link.practice_session.user
    if not lock_learner(user):
        raise LinkClosed(link)
    current = ReviewLink.objects.for_user(user).filter(pk=link.pk).first()
    if current is None or not current.is_open:
        raise LinkClosed(current or link)
    current.used_at, current.reviewer, current.comment = timezone.now(), reviewer, comment
    current.save(update_fields=["used_at", "reviewer", "comment"])
    write_scores(link.practice_session, marks, current)
