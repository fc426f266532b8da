"""Create plans of measured learners."""

from collections.abc import Iterable

from accounts.models import User
from playbook.study_day import study_day
from progress.planner.models import Plan


def make_plans(users: Iterable[User]) -> None:
    """Create a plan for the whole playbook, of 40 minutes a day, that begins today."""
    Plan.objects.bulk_create(
        Plan(user=user, begins_on=study_day(), minutes=[40] * 7) for user in users
    )
