"""Fill the database of DATABASE_URL, and print the measured learners as JSON.

`python -m bench.fill --readers 10 --writers 20 --groups 4 --learners 100000 --students 20`
"""

import argparse
import json

import django

django.setup()

from django.db import transaction  # noqa: E402 - models need the setup above

from accounts.models import User  # noqa: E402 - needs the setup above
from bench.data import catalogue, learners, plans, readers, students  # noqa: E402 - needs the setup above
from bench.data.inserts import settle  # noqa: E402 - needs the setup above
from bench.measured_learners import MeasuredLearner, MeasuredLearners  # noqa: E402 - needs the setup above


def measured(
    users: list[User], studying: list[User], options: argparse.Namespace
) -> MeasuredLearners:
    signed_in, reading = readers.signed_in(users), options.readers
    return {
        "readers": signed_in[:reading],
        "writers": grouped(signed_in[reading:], options.writers),
        "students": grouped(readers.signed_in(studying), options.students),
        "prompts": students.prompts(),
    }


def grouped(learners: list[MeasuredLearner], size: int) -> list[list[MeasuredLearner]]:
    starts = range(0, len(learners), size) if size else ()
    return [learners[start : start + size] for start in starts]


def sample_learners(count: int) -> list[User]:
    """Return `count` learners, spread evenly over all of them."""
    users = User.objects.order_by("pk")
    step = users.count() // count
    pks = list(users.values_list("pk", flat=True))[::step][:count]
    return list(users.filter(pk__in=pks))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalogue", type=int, default=0, help="entries")
    parser.add_argument("--learners", type=int, default=0, help="with 40 states, 100 events each")
    parser.add_argument("--readers", type=int, required=True)
    parser.add_argument("--writers", type=int, default=0, help="in each group")
    parser.add_argument("--students", type=int, default=0, help="in each group")
    parser.add_argument("--groups", type=int, default=0, help="of writers and of students")
    options = parser.parse_args()
    count = options.readers + options.groups * options.writers
    if options.learners:
        learners.fill(options.learners)
    with transaction.atomic():
        users = (
            sample_learners(count)
            if options.learners
            else readers.make_readers(count, done_entries=20)
        )
        # The writers of the warm-up read their plans, so that the readers' pages show none.
        plans.make_plans(users[options.readers :][: options.writers])
        studying = students.make_students(options.groups * options.students)
        measured_learners = measured(users, studying, options)
    if options.catalogue:
        catalogue.fill(options.catalogue)
    settle()
    print(json.dumps(measured_learners))


if __name__ == "__main__":
    main()
