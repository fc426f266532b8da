from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticeConfig(AppConfig):
    name = "progress.practice"
    label = "practice"
    verbose_name = _("Practice")

    def ready(self) -> None:
        from catalog.cases.estimates import actions
        from progress import export
        from progress.practice import jobs
        from progress.practice.export import practice_sessions_of

        export.parts["practice_sessions"] = practice_sessions_of
        actions.with_practice.append("practice/includes/estimate-take.html")
        jobs.register_all()
