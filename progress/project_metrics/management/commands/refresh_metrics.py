from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from progress.project_metrics import summary, visitors


class Command(BaseCommand):
    help = "Counts what the page “Metrics” shows of learners, and closes the days of visitors."

    def handle(self, *args: object, **options: object) -> None:
        visitors.close_days()
        made = summary.refresh()
        learners = ngettext("%d learner", "%d learners", made.learners) % made.learners
        finished = (
            ngettext("%d finished article", "%d finished articles", made.finished) % made.finished
        )
        self.stdout.write(f"{learners}, {finished}.")
