"""Keep a learner's notes when two articles are merged, and tidy up when they sign in."""

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from catalog.models import Article
from catalog.signals import article_merged
from progress.notes.models import DroppedText, Note
from progress.notes.sql import delete_expired_texts
from progress.sql import lock_learner
from progress.texts.saving import joined

ROWS_AT_ONCE = 500


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    """Give the duplicate's notes to the article that is kept. Two notes become one with both texts.

    The learners are locked by `progress`, which runs first.
    """
    moved = Note.objects.filter(article=duplicate)
    both = Note.objects.filter(article=kept, user__in=moved.values("user"))
    note_of = {note.user_id: note for note in both}
    repeated = moved.filter(user__in=both.values("user"))
    joined_notes = list(repeated)
    for note in joined_notes:
        join(note_of[note.user_id], note)
    changed = ["text", "html", "version", "created_at", "updated_at", "saved_by", "saved_number"]
    Note.objects.bulk_update(note_of.values(), changed, batch_size=ROWS_AT_ONCE)
    texts = list(DroppedText.objects.filter(note__in=repeated))
    kept_of = {note.pk: note_of[note.user_id] for note in joined_notes}
    for text in texts:
        text.note = kept_of[text.note_id]
    DroppedText.objects.bulk_update(texts, ["note"], batch_size=ROWS_AT_ONCE)
    repeated.delete()
    moved.update(article=kept)


def join(kept: Note, duplicate: Note) -> None:
    """Add the text of the duplicate. Both were rendered when they were saved.

    No open page knows the new version, so a text that one sends later is a conflict.
    """
    if duplicate.text != kept.text:
        has_both = kept.text and duplicate.text
        kept.html = kept.html + ("<hr>" if has_both else "") + duplicate.html
        kept.text = joined(kept.text, duplicate.text)
    kept.version = max(kept.version, duplicate.version) + 1
    kept.created_at = min(kept.created_at, duplicate.created_at)
    kept.updated_at = max(kept.updated_at, duplicate.updated_at)
    kept.saved_by, kept.saved_number = None, 0


def on_sign_in(request: HttpRequest, user: User, **kwargs: object) -> None:
    """Delete the learner's texts that were dropped more than 30 days ago."""
    if DroppedText.objects.for_user(user).expired().exists():
        with transaction.atomic():
            lock_learner(user)
            delete_expired_texts(user)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="notes.on_article_merged")
    user_logged_in.connect(on_sign_in, dispatch_uid="notes.on_sign_in")
