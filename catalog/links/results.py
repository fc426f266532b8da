"""The results of checking a link."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

URL_MAX_LENGTH = 2000
MISSING = {404, 410}


class Fault(TextChoices):
    TIMEOUT = "timeout", _("it timed out")
    NO_HOST = "no-host", _("the host does not exist")
    CONNECTION = "connection", _("the connection failed")
    REDIRECTS = "redirects", _("it redirects too many times")
    ADDRESS = "address", _("it redirects to an invalid address")
    PRIVATE = "private", _("it leads to a private network")


@dataclass(frozen=True)
class CheckResult:
    """The result of one check of a link."""

    status_code: int | None = None
    """The status of the last response, if there was one."""
    fault: str = ""
    new_url: str = ""
    """The address that the permanent redirects lead to; empty if there are none."""

    @property
    def is_ok(self) -> bool:
        return not self.fault and self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_missing(self) -> bool:
        return not self.fault and self.status_code in MISSING
