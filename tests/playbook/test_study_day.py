from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from playbook.study_day import StudyDay, study_day

ZONES = ["UTC", "Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"]


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("UTC", "2026-11-28 03:59:59", "2026-11-27"),
        ("UTC", "2026-11-28 04:00", "2026-11-28"),
        # The clock goes from 02:00 to 03:00: 04:00 is three hours after midnight.
        ("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-28"),
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29"),
        # The clock goes from 03:00 to 02:00: 04:00 is five hours after midnight.
        ("Europe/Berlin", "2026-10-25 02:59:59", "2026-10-24"),
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25"),
        # Half an hour at 02:00.
        ("Australia/Lord_Howe", "2026-10-03 16:59:59", "2026-10-03"),
        ("Australia/Lord_Howe", "2026-10-03 17:00", "2026-10-04"),
        # Samoa had no 30 December 2011: four hours of it are left, until 04:00 on the 31st.
        ("Pacific/Apia", "2011-12-30 09:59:59", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30 10:00", "2011-12-30"),
        ("Pacific/Apia", "2011-12-30 14:00", "2011-12-31"),
    ],
)
def test_a_study_day_begins_at_four_on_the_clock(zone: str, at: str, day: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
        assert study_day(instant) == date.fromisoformat(day)


def test_the_study_day_of_now_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 28, 3, tzinfo=UTC))
    with timezone.override(UTC):
        assert study_day() == date(2026, 11, 27)


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_the_database_counts_the_same_study_days(zone: str) -> None:
    changes = [
        datetime(2026, 3, 28, 12, tzinfo=UTC),
        datetime(2026, 10, 24, 12, tzinfo=UTC),
        datetime(2026, 10, 3, 12, tzinfo=UTC),
        datetime(2011, 12, 29, 12, tzinfo=UTC),
        datetime(2026, 12, 31, 12, tzinfo=UTC),
    ]
    instants = [change + timedelta(minutes=30 * step) for change in changes for step in range(60)]
    User.objects.bulk_create(
        User(username=f"learner-{number}", visit_began_at=instant)
        for number, instant in enumerate(instants)
    )
    with timezone.override(ZoneInfo(zone)):
        stored = User.objects.order_by("pk").values_list(StudyDay("visit_began_at"), flat=True)
        assert list(stored) == [study_day(instant) for instant in instants]
