from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template.defaultfilters import date
from django.utils import timezone

from progress.times import day_and_time, instant


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/St_Johns"])
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 9, 3, 5, 7, 123456, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_times_are_written_as_the_filter_of_templates_writes_them(at: datetime, zone: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        local = timezone.localtime(at)
        assert instant(at) == date(local, r"Y-m-d\TH:i:sO")
        assert day_and_time(at) == date(local, "j M Y, H:i")
        assert day_and_time(at, with_year=False) == date(local, "j M, H:i")
