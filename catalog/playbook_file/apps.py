from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlaybookFileConfig(AppConfig):
    name = "catalog.playbook_file"
    label = "playbook_file"
    verbose_name = _("Playbook files")

    def ready(self) -> None:
        from catalog.playbook_file import queues, receivers

        queues.register_all()
        receivers.connect()
