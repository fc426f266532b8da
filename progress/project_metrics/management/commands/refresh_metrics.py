from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import ngettext

from progress.project_metrics import summary, visitors
from progress.project_metrics.models import Summary


class Command(BaseCommand):
    help = "Counts what the page “Metrics” shows of learners, and closes the days of visitors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-missing", action="store_true", help="do nothing if there are figures already"
        )

    def handle(self, *args: object, **options: object) -> None:
        if options["if_missing"] and Summary.objects.exists():
            return
        visitors.close_days()
        made = summary.refresh()
        learners = ngettext("%d learner", "%d learners", made.learners) % made.learners
        finished = (
            ngettext("%d finished article", "%d finished articles", made.finished) % made.finished
        )
        self.stdout.write(f"{learners}, {finished}.")
