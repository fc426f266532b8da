"""Settings that are valid and still not what a public site should have."""

from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.core.checks import run_checks
from django.core.checks.messages import WARNING

from playbook.doctor.findings import Finding, ok, problem, warning


def examine_settings() -> Iterator[Finding]:
    findings = [*examine_safety(), *examine_trust(), *examine_system_checks()]
    yield from findings or [ok(f"The site is {settings.SITE_URL}, with safe settings")]


def examine_safety() -> Iterator[Finding]:
    if settings.DEBUG:
        yield warning("DEBUG shows details of errors to every reader", "Remove DEBUG")
    if not (settings.IS_HTTPS or is_local(settings.HOST)):
        yield warning(
            f"Passwords are sent unencrypted: the site listens on {settings.HOST} without https",
            "Put a proxy with a certificate in front of it, and set SITE_URL to https://…",
        )


def examine_trust() -> Iterator[Finding]:
    if settings.IS_HTTPS and not settings.TRUSTED_PROXY_COUNT:
        yield problem(
            "SITE_URL is https, but no proxy is trusted: every page redirects to itself",
            "Remove TRUSTED_PROXY_COUNT, or set it to the number of your proxies",
        )
    if settings.TRUSTED_PROXY_COUNT and not is_local(settings.HOST):
        yield warning(
            f"The site trusts the headers of a proxy, and listens on {settings.HOST}: "
            "whoever reaches the port directly can claim any address",
            "Set HOST to 127.0.0.1, or let a firewall admit the proxy only",
        )


def examine_system_checks() -> Iterator[Finding]:
    for message in run_checks(include_deployment_checks=settings.IS_HTTPS):
        if message.level >= WARNING and not message.is_silenced():
            sentence = " ".join(str(message.msg).split())
            yield warning(sentence, message.hint or f"See {message.id} in Django's list of checks")


def is_local(host: str) -> bool:
    return ip_address(host).is_loopback
