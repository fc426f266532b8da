from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotesConfig(AppConfig):
    name = "progress.notes"
    label = "notes"
    verbose_name = _("Notes")

    def ready(self) -> None:
        from progress import article_notes, export, learner_rows
        from progress.notes import jobs, receivers
        from progress.notes.export import dropped_texts_of, notes_of
        from progress.notes.models import Note
        from progress.notes.sql import articles_with_notes

        learner_rows.register(Note)
        article_notes.register(articles_with_notes)
        export.parts["notes"] = notes_of
        export.parts["dropped_texts"] = dropped_texts_of
        jobs.register_all()
        receivers.connect()
