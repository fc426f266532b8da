from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotesConfig(AppConfig):
    name = "progress.notes"
    label = "notes"
    verbose_name = _("Notes")

    def ready(self) -> None:
        from progress import learner_rows
        from progress.notes import receivers
        from progress.notes.models import Note

        learner_rows.register(Note)
        receivers.connect()
