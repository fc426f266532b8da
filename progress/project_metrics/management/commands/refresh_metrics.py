from typing import Any

from django.core.management.base import BaseCommand

from progress.project_metrics import summary, visitors


class Command(BaseCommand):
    help = "Counts what the page “Metrics” shows of learners, and closes the days of visitors."

    def handle(self, *args: Any, **options: Any) -> None:
        visitors.close_days()
        made = summary.refresh()
        self.stdout.write(f"{made.learners} learners, {made.finished} finished articles.")
