import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.time_zones import is_time_zone

logger = logging.getLogger(__name__)


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

    # Written once a day: see begin_visit.
    visit_began_at = models.DateTimeField(null=True, editable=False)
    previous_visit_at = models.DateTimeField(null=True, editable=False)

    @property
    def new_since(self) -> datetime:
        """What came later than this is new to them."""
        return self.previous_visit_at or self.date_joined

    def begin_visit(self) -> None:
        """A visit is a day, in the current time zone, on which they come: one statement a day."""
        now, began_at = timezone.now(), self.visit_began_at
        if began_at and timezone.localdate(began_at) >= timezone.localdate(now):
            return
        # Of two requests that begin it at once, the second must not take the first for a visit.
        same = User.objects.filter(pk=self.pk, visit_began_at=began_at)
        try:
            same.update(visit_began_at=now, previous_visit_at=began_at)
        except DatabaseError as error:
            # A page that only reads is shown all the same, by a database that takes no writes now.
            logger.warning("A visit could not be noted: %s", error)
        self.previous_visit_at, self.visit_began_at = began_at, now

    @property
    def zone(self) -> ZoneInfo | None:
        """None also for a name that was known when it was chosen, and is not any more."""
        return ZoneInfo(self.time_zone) if is_time_zone(self.time_zone) else None
