from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from progress.planner.reminders.sending import send_reminders


class Command(BaseCommand):
    help = "Send the reminder mails whose hour it is. Run it every ten minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Reminders sent: {send_reminders(timezone.now())}")
