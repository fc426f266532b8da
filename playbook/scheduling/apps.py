from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchedulingConfig(AppConfig):
    name = "playbook.scheduling"
    label = "scheduling"
    verbose_name = _("Scheduled jobs")

    def ready(self) -> None:
        from playbook.observing import stored_metrics
        from playbook.scheduling import jobs, queues
        from playbook.scheduling.metrics import job_metrics

        jobs.register_all()
        queues.register_all()
        stored_metrics.sources.append(job_metrics)
