import argparse
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from catalog.links.checking import HostThrottle, check_all, links_to_check
from catalog.links.link_checker import LinkChecker
from catalog.links.models import Check, Outcome
from catalog.links.results import Fault

INTERRUPTED = 130
UNREACHED = {Fault.NO_HOST, Fault.CONNECTION, Fault.TIMEOUT}
NO_INTERNET = (
    "No link could be reached. This machine may have no access to the internet. "
    "Check its network, DNS and firewall; links are requested directly, without a proxy."
)


def number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if text.isdecimal() and lowest <= int(text) <= highest:
            return int(text)
        raise argparse.ArgumentTypeError(f"a number from {lowest} to {highest} is needed")

    return read


class Command(BaseCommand):
    help = "Check the link of every article, and store the result."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--workers", type=number(1, 64), default=4, help="number of checks at a time (4)"
        )
        parser.add_argument(
            "--delay",
            type=number(0, 3600),
            default=2,
            help="seconds between two requests to one host (2)",
        )
        parser.add_argument(
            "--timeout",
            type=number(1, 600),
            default=20,
            help="seconds to wait for a response (20)",
        )
        parser.add_argument(
            "--allow-private",
            action="store_true",
            help="also check addresses of private networks and of this machine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        links = list(links_to_check().values_list("pk", "url"))
        throttle = HostThrottle(options["delay"])
        checker = LinkChecker(
            seconds=options["timeout"], allow_private=options["allow_private"], wait=throttle.wait
        )
        found: Counter[str] = Counter()
        reached = 0
        results = check_all(links, checker, throttle, options["workers"])
        # None shows the progress on a terminal only.
        is_silent = None if options["verbosity"] else True
        try:
            for pk, url, result in tqdm(results, total=len(links), unit="link", disable=is_silent):
                if check := Check.objects.record(pk, url, result, timezone.now()):
                    found[check.outcome] += 1
                    reached += check.fault not in UNREACHED
        except KeyboardInterrupt:
            results.close()
            message = f"Interrupted: {found.total()} of {len(links)} links were checked and stored."
            raise CommandError(message, returncode=INTERRUPTED) from None
        if options["verbosity"]:
            each = ", ".join(f"{found[outcome]} {outcome}" for outcome in Outcome.values)
            self.stdout.write(f"{found.total()} links: {each}.")
            if found and not reached:
                self.stdout.write(NO_INTERNET)
