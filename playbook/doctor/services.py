"""The services around the site: proxy, mail, cache and scheduled jobs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from playbook.doctor.findings import Finding, in_one_line, ok, problem, warning, without_secrets
from playbook.jobs import Job, wanted_jobs
from playbook.observing.probes import cache_keeps
from playbook.scheduling.models import ScheduledJob

TIMEOUT = 5
RUN_SCHEDULER = "Start the site with RUN_SCHEDULER=true, or run manage.py schedule beside it"
MEND = "Mend the reason; the job runs again by itself, or at once if you ask for it in the admin"
LATE = timedelta(minutes=10)
"""A scheduler looks for due jobs every minute, and takes over a killed one's job after two."""


def examine_proxy() -> Iterator[Finding]:
    """Ask for the front page at its public address, as a reader does."""
    try:
        response = httpx.get(f"{settings.SITE_URL}/", timeout=TIMEOUT, trust_env=False)
    except httpx.HTTPError as error:
        yield warning(
            f"{settings.SITE_URL} does not answer from this machine: {in_one_line(error)}",
            "Start the site and the proxy, or correct SITE_URL, unless only readers can reach it",
        )
        return
    yield from examine_answer(response)


def examine_answer(response: httpx.Response) -> Iterator[Finding]:
    if response.is_redirect and response.headers["Location"] == f"{settings.SITE_URL}/":
        yield problem(
            f"{settings.SITE_URL} redirects to itself: the proxy does not say that it uses https",
            "Let the proxy set X-Forwarded-Proto, and TRUSTED_PROXY_COUNT count it",
        )
    elif response.status_code == httpx.codes.BAD_REQUEST:
        yield problem(
            f"{settings.SITE_URL} refuses its own host name",
            "Let the proxy pass Host on, or add its host name to ALLOWED_HOSTS",
        )
    elif "X-Request-ID" not in response.headers:
        yield warning(
            f"{settings.SITE_URL} is answered by something else (status {response.status_code})",
            "Let the proxy pass requests to HOST and PORT of this site",
        )
    elif response.is_success:
        yield ok(f"{settings.SITE_URL} answers with the front page")
    else:
        yield problem(
            f"{settings.SITE_URL} answers with status {response.status_code}",
            "Look for the reason in the log",
        )


def examine_mail() -> Iterator[Finding]:
    if not settings.HAS_EMAIL:
        yield ok("No mail is sent, because EMAIL_URL is not set")
        return
    try:
        server = get_connection()
        server.open()
        server.close()
    except OSError as error:  # smtplib raises subclasses of it.
        yield problem(
            f"The mail server of EMAIL_URL cannot be used: {in_one_line(error)}",
            "Start the mail server, or correct EMAIL_URL",
        )
    else:
        yield ok("The mail server of EMAIL_URL accepts connections")


def examine_cache() -> Iterator[Finding]:
    if not cache_keeps():
        yield problem("The cache keeps nothing", "Run manage.py prepare, which creates its table")
    elif settings.REDIS_URL:
        yield from examine_redis()
    else:
        yield ok("The cache table keeps values")


def examine_redis() -> Iterator[Finding]:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=TIMEOUT) as redis:
            redis.ping()
    except RedisError as error:
        yield warning(
            f"Redis does not answer, so the database does its work: {in_one_line(error)}",
            "Start Redis, or correct REDIS_URL",
        )
    else:
        yield ok("Redis answers")


def examine_jobs() -> Iterator[Finding]:
    rows = {row.name: row for row in ScheduledJob.objects.all()}
    for name, job in wanted_jobs().items():
        yield examine_job(job, rows.get(name))


def examine_job(job: Job, row: ScheduledJob | None) -> Finding:
    now = timezone.now()
    if row is None:
        return warning(f"{job.name} has never been scheduled: no scheduler runs", RUN_SCHEDULER)
    if row.claimed_until and row.claimed_until > now:
        return ok(f"{job.name} has been running since {utc(row.started_at)}")
    if now - row.next_run_at > LATE:
        why = f"; its last run failed: {without_secrets(row.failure)}" if row.failure else ""
        return warning(f"{job.name} was due on {utc(row.next_run_at)}{why}", RUN_SCHEDULER)
    if row.failure:
        message = without_secrets(row.failure)
        return warning(f"{job.name} failed on {utc(row.started_at)}: {message}", MEND)
    if row.succeeded_at is None:
        return ok(f"{job.name} runs first on {utc(row.next_run_at)}")
    return ok(f"{job.name} ran on {utc(row.succeeded_at)}")


def utc(at: datetime | None) -> str:
    assert at is not None  # A row with a claim or a failure was started.
    return f"{at:%Y-%m-%d at %H:%M} UTC"
