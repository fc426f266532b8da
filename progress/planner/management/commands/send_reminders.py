from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from progress.planner.reminders.sending import NotAllSent, send_reminders


class Command(BaseCommand):
    help = "Send the reminder mails whose hour it is. Run it every ten minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sent = send_reminders(timezone.now())
        except NotAllSent as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Reminders sent: {sent}")
