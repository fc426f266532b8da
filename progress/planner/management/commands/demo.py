import secrets

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from playbook.http import full_address
from progress.planner.demo.learner import DEMO, make_demo


class Command(BaseCommand):
    help = "Add a learner with three weeks of study to an installation without any learners."

    def handle(self, **options: object) -> None:
        if User.objects.filter(is_staff=False).exists():
            raise CommandError(
                "There are learners already, so nothing was added. The demonstration is for an "
                "empty installation: start one with another DATABASE_URL."
            )
        if User.objects.filter(username=DEMO).exists():
            raise CommandError(
                f"There is an account named {DEMO} already, so nothing was added. Rename it first."
            )
        password = secrets.token_urlsafe(12)
        make_demo(password)
        self.stdout.write(f"Sign in at {full_address('/accounts/login/')}")
        self.stdout.write(f"  user name  {DEMO}")
        self.stdout.write(f"  password   {password}")
