"""The geometry of the charts, in whole units of an SVG, so that no style is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from progress.recall.statistics.figures import Band, Calibration, Forecast

HEIGHT = 100
STEP = 18
BAR = 14


@dataclass(frozen=True)
class Bar:
    """A bar that stands on the line at `HEIGHT`."""

    date: date
    cards: int
    x: int
    height: int

    @property
    def y(self) -> int:
        return HEIGHT - self.height

    @property
    def middle(self) -> int:
        return self.x + BAR // 2


class ForecastChart:
    """A bar for each day; the highest fills the chart."""

    def __init__(self, forecast: Forecast) -> None:
        self.most = forecast.most
        self.width = STEP * len(forecast.days)
        self.bars = [
            Bar(day.date, day.cards, STEP * number, self._height(day.cards))
            for number, day in enumerate(forecast.days)
        ]

    def _height(self, cards: int) -> int:
        # What is there is seen, however much more another day has.
        return max(round(HEIGHT * cards / self.most), 2) if cards else 0

    @property
    def weeks(self) -> list[Bar]:
        """The bars that are labelled with their date."""
        return self.bars[::7]


@dataclass(frozen=True)
class Point:
    """A band as a point: predicted recall to the right, measured recall upwards."""

    band: Band
    predicted: int
    measured: int

    @property
    def x(self) -> int:
        return 2 * (self.predicted - LOWEST)

    @property
    def y(self) -> int:
        return 2 * (100 - max(self.measured, LOWEST))


LOWEST = 40
"""The percentage at which both axes begin."""


class CalibrationChart:
    """A point for each band with enough reviews, which lies on the diagonal if it is right."""

    def __init__(self, calibration: Calibration) -> None:
        self.size = 2 * (100 - LOWEST)
        self.points = [
            Point(band, max(predicted, LOWEST), measured)
            for band in calibration.bands
            if (predicted := band.share.predicted) is not None
            and (measured := band.share.measured) is not None
        ]
        self.ticks = [
            (percent, 2 * (percent - LOWEST), 2 * (100 - percent)) for percent in (40, 60, 80, 100)
        ]
