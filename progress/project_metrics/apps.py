from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectMetricsConfig(AppConfig):
    name = "progress.project_metrics"
    label = "project_metrics"
    verbose_name = _("Project metrics")

    def ready(self) -> None:
        from progress.project_metrics import jobs

        jobs.register_all()
