from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinksConfig(AppConfig):
    name = "catalog.links"
    label = "links"
    verbose_name = _("Links")

    def ready(self) -> None:
        from catalog.links import jobs, mail, queues, receivers

        jobs.register_all()
        mail.register_mail()
        queues.register_all()
        receivers.connect()
