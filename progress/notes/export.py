"""The notes in the export of a learner's data."""

from accounts.models import User
from progress.export import JSONObject, identified
from progress.notes.models import DroppedText, Note


def notes_of(user: User) -> list[JSONObject]:
    notes = Note.objects.for_user(user).written().with_article().order_by("created_at", "pk")
    return [
        {
            "uuid": note.uuid,
            "article": identified(note.article),
            "text": note.text,
            "version": note.version,
            "created_at": note.created_at,
            "updated_at": note.updated_at,
        }
        for note in notes
    ]


def dropped_texts_of(user: User) -> list[JSONObject]:
    texts = DroppedText.objects.for_user(user).kept().order_by("dropped_at", "pk")
    return [
        {
            "uuid": text.uuid,
            "note": text.note.uuid,
            "article": identified(text.note.article),
            "text": text.text,
            "dropped_at": text.dropped_at,
        }
        for text in texts.select_related("note__article__status")
    ]
