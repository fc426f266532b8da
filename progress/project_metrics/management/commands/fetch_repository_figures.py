import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from playbook.release import RELEASE
from progress.project_metrics.models import RepositoryFigures

API = "https://api.github.com"
TIMEOUT = 10
MOST = 2**31 - 1
"""The largest number that the database column can hold."""


def _count(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= MOST:
        raise ValueError(f"{value} is no number of stars or forks")
    return value


class Command(BaseCommand):
    help = "Asks GitHub for the stars and forks of METRICS_REPOSITORY."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--api", default=API, help="another address of the API")

    def handle(self, *args: object, **options: object) -> None:
        name = settings.METRICS_REPOSITORY
        if not name:
            raise CommandError("METRICS_REPOSITORY is empty: there is nothing to ask for.")
        headers = {"User-Agent": f"system-design-playbook/{RELEASE} (+{settings.SITE_URL})"}
        try:
            response = httpx.get(
                f"{options['api']}/repos/{name}",
                headers=headers,
                timeout=TIMEOUT,
                follow_redirects=True,
            )
            answer = response.raise_for_status().json()
            stars, forks = (_count(answer[name]) for name in ("stargazers_count", "forks_count"))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"No figures of {name}, the old ones stay: {error}") from error
        RepositoryFigures.objects.update_or_create(
            name=name, defaults={"stars": stars, "forks": forks, "fetched_at": timezone.now()}
        )
        self.stdout.write(f"{name}: {stars} stars, {forks} forks.")
