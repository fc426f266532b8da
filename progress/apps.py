from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgressConfig(AppConfig):
    name = "progress"
    verbose_name = _("Progress")

    def ready(self) -> None:
        from catalog import reader_states
        from progress import learner_counts, receivers, session_merge
        from progress.states import StateName

        reader_states.choices.update(StateName.choices)
        learner_counts.connect()
        session_merge.connect()
        receivers.connect()
