from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.time_zones import is_time_zone


def validate_time_zone(name: str) -> None:
    if not is_time_zone(name):
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class User(AbstractUser):
    """A learner, an editor or an operator, with their preferences."""

    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Days and streaks are counted in it. Empty: the browser's."),
    )
    shows_streak = models.BooleanField(_("show my streak"), default=True)
    marks_reading_on_open = models.BooleanField(
        _("mark an article as reading when I open it"), default=False
    )

    # Grows with every change of their progress, and costs no query of its own to ask for. The
    # database has the default too: code from before the column goes on making accounts.
    progress_version = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)

    @property
    def zone(self) -> ZoneInfo | None:
        """None also for a name that was known when it was chosen, and is not any more."""
        return ZoneInfo(self.time_zone) if is_time_zone(self.time_zone) else None
