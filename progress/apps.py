from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgressConfig(AppConfig):
    name = "progress"
    verbose_name = _("Progress")

    def ready(self) -> None:
        from progress import article_merging, learner_counts, merging

        learner_counts.connect()
        merging.connect()
        article_merging.connect()
