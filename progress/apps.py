from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgressConfig(AppConfig):
    name = "progress"
    verbose_name = _("Progress")

    def ready(self) -> None:
        from progress import learner_counts, reader_filters, receivers, session_merge

        reader_filters.register_all()
        learner_counts.connect()
        session_merge.connect()
        receivers.connect()
