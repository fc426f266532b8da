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
        help_text=_(
            "Days and streaks are counted in this time zone. Leave empty to use the browser’s."
        ),
    )
    shows_streak = models.BooleanField(_("show my streak"), default=True)
    marks_reading_on_open = models.BooleanField(
        _("mark an article as reading when I open it"), default=False
    )
    # The database has the default too, because older code goes on creating accounts during an
    # upgrade.
    wants_editor_mail = models.BooleanField(
        _("mail me new suggestions and reports of broken links"), default=False, db_default=False
    )

    # Increased with every change of progress, and read with the user in one query. The database has
    # the default too, because older code goes on creating accounts during an upgrade.
    progress_version = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)

    # Written once a day by begin_visit().
    visit_began_at = models.DateTimeField(null=True, editable=False)
    previous_visit_at = models.DateTimeField(null=True, editable=False)

    @property
    def new_since(self) -> datetime:
        """Articles added later than this are new to the user."""
        return self.previous_visit_at or self.date_joined

    def begin_visit(self) -> None:
        """Begin a visit: once a day in the current time zone, with one statement."""
        now, began_at = timezone.now(), self.visit_began_at
        if began_at and timezone.localdate(began_at) >= timezone.localdate(now):
            return
        # If two requests begin it at once, the second must not see the first as the previous visit.
        unchanged = User.objects.filter(pk=self.pk, visit_began_at=began_at)
        try:
            unchanged.update(visit_began_at=now, previous_visit_at=began_at)
        except DatabaseError as error:
            # A page that only reads must work while the database does not accept writes.
            logger.warning("A visit could not be stored: %s", error)
        self.previous_visit_at, self.visit_began_at = began_at, now

    @property
    def zone(self) -> ZoneInfo | None:
        """The chosen time zone. None if there is none, or if its name is no longer known."""
        return ZoneInfo(self.time_zone) if is_time_zone(self.time_zone) else None
