import logging
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.time_zones import is_time_zone
from playbook.study_day import study_day

logger = logging.getLogger(__name__)


def validate_time_zone(name: str) -> None:
    if not is_time_zone(name):
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


WRITTEN_ALONE = frozenset(
    {"progress_version", "recall_aims_at", "visit_began_at", "previous_visit_at"}
)
"""The columns of an account that have statements of their own, which other requests send too."""


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

    daily_review_limit = models.PositiveSmallIntegerField(
        _("reviews a day at most"),
        default=40,
        db_default=40,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    daily_new_card_limit = models.PositiveSmallIntegerField(
        _("new cards a day at most"),
        default=10,
        db_default=10,
        validators=[MaxValueValidator(100)],
        help_text=_("They count as reviews. With 0, only cards that you know come back."),
    )
    retention = models.PositiveSmallIntegerField(
        _("share of cards to recall, in per cent"),
        default=90,
        db_default=90,
        validators=[MinValueValidator(80), MaxValueValidator(95)],
        help_text=_("From 80 to 95. The higher it is, the sooner each card comes back."),
    )

    # The day of the interview in the learner's plan, at which recall aims.
    recall_aims_at = models.DateField(null=True, blank=True, editable=False)

    # Increased with every change of progress, and read with the user in one query. The database has
    # the default too, because older code goes on creating accounts during an upgrade.
    progress_version = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)

    # Written once a day by begin_visit().
    visit_began_at = models.DateTimeField(null=True, editable=False)
    previous_visit_at = models.DateTimeField(null=True, editable=False)

    def save(self, **options: Any) -> None:
        """Save the account. What is written alone, and a deletion, stay as they are by now.

        A progress version that came back would bring back the pages of that version.
        """
        is_new = self._state.adding or options.get("force_insert")
        if not is_new and options.get("update_fields") is None:
            options["update_fields"] = self._saved_columns()
        super().save(**options)

    def _saved_columns(self) -> set[str]:
        loaded = {field.name for field in self._meta.fields if field.attname in self.__dict__}
        return loaded - WRITTEN_ALONE - {"id"}

    @property
    def new_since(self) -> datetime:
        """Articles added later than this are new to the user."""
        return self.previous_visit_at or self.date_joined

    def begin_visit(self) -> None:
        """Begin a visit: once on each study day, with one statement."""
        now, began_at = timezone.now(), self.visit_began_at
        if began_at and study_day(began_at) >= study_day(now):
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
