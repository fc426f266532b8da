import argparse
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from catalog.links.checking import Turns, links_to_check, visits
from catalog.links.link_checker import Fault, Visitor
from catalog.links.models import Check, Outcome

INTERRUPTED = 130
UNREACHED = {Fault.NO_HOST, Fault.CONNECTION, Fault.TIMEOUT}
NO_WAY_OUT = (
    "Not one link could be reached: perhaps this machine has no way out to the internet. "
    "Look at its network, its DNS and its firewall; links are visited directly, without a proxy."
)


def number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if text.isdecimal() and lowest <= int(text) <= highest:
            return int(text)
        raise argparse.ArgumentTypeError(f"a number from {lowest} to {highest} is needed")

    return read


class Command(BaseCommand):
    help = "Visit the link of every article, and keep what it answered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workers", type=number(1, 64), default=4, help="visits at a time (4)")
        parser.add_argument(
            "--delay",
            type=number(0, 3600),
            default=2,
            help="seconds between two of one host (2)",
        )
        parser.add_argument(
            "--timeout",
            type=number(1, 600),
            default=20,
            help="seconds for an answer (20)",
        )
        parser.add_argument(
            "--allow-private",
            action="store_true",
            help="also visit addresses of private networks and of this machine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        links = list(links_to_check().values_list("pk", "url"))
        turns = Turns(options["delay"])
        visitor = Visitor(
            seconds=options["timeout"], allow_private=options["allow_private"], wait=turns.wait
        )
        found: Counter[str] = Counter()
        reached = 0
        coming = visits(links, visitor, turns, options["workers"])
        try:
            for pk, url, visit in tqdm(coming, total=len(links), unit="link", disable=None):
                if check := Check.objects.record(pk, url, visit, timezone.now()):
                    found[check.outcome] += 1
                    reached += check.fault not in UNREACHED
        except KeyboardInterrupt:
            coming.close()
            words = f"Interrupted: what was found of {found.total()} of {len(links)} links is kept."
            raise CommandError(words, returncode=INTERRUPTED) from None
        if options["verbosity"]:
            each = ", ".join(f"{found[outcome]} {outcome}" for outcome in Outcome.values)
            self.stdout.write(f"{found.total()} links: {each}.")
            if found and not reached:
                self.stdout.write(NO_WAY_OUT)
