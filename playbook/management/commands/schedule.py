from django.core.management.base import BaseCommand

from playbook.scheduling.worker import work


class Command(BaseCommand):
    help = "Run the scheduled jobs until SIGTERM or SIGINT; any number of these can run at once."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        work(self.welcome)

    def welcome(self) -> None:
        self.stdout.write("The scheduled jobs run. To stop them: Ctrl-C.")
        self.stdout.flush()
