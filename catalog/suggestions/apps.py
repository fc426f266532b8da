from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuggestionsConfig(AppConfig):
    name = "catalog.suggestions"
    label = "suggestions"
    verbose_name = _("Suggestions")

    def ready(self) -> None:
        from catalog.suggestions import mail, queues, receivers, related

        mail.register_mail()
        queues.register_all()
        related.register_all()
        receivers.connect()
