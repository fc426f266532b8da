"""The page with the numbers of recall."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.views.decorators.http import require_safe

from accounts.models import User
from catalog.dependencies import CATALOG
from catalog.snapshot import CatalogSnapshot
from playbook.http import sign_in_required
from playbook.rendering.pages import Viewed, personal_page
from progress.recall.deck import Deck
from progress.recall.models import Review
from progress.recall.statistics import figures
from progress.recall.statistics.charts import CalibrationChart, ForecastChart
from progress.recall.views import RecallRequest


@require_safe
@sign_in_required
@personal_page("recall/recall_statistics.html", depends_on=(CATALOG,))
def recall_statistics(request: RecallRequest) -> Viewed:
    progress, snapshot = request.progress, request.snapshot
    deck = progress.derive(Deck)
    reviews = past_reviews_of(progress.user)
    forecast = figures.forecast(deck.cards, deck.day)
    calibration = figures.calibration(reviews)
    layers_of = snapshot.derive("layers-of", _layers_of)
    return {
        "has_cards": bool(deck.cards),
        "forecast": forecast,
        "forecast_chart": ForecastChart(forecast),
        "calibration": calibration,
        "calibration_chart": CalibrationChart(calibration),
        "by_layer": figures.by_layer(snapshot.layers, layers_of, deck.cards, reviews, deck.day),
        "reviews_min": figures.REVIEWS_MIN,
        "late_days": figures.LATE_DAYS,
    }


def past_reviews_of(user: User) -> list[figures.PastReview]:
    """Return the reviews that can be compared with a prediction, in one query."""
    known = Review.objects.for_user(user).lasting().of_known_cards().order_by()
    fields = ("card__article", "rating", "reviewed_on", "due_on", "predicted_recall")
    return [figures.PastReview(*row) for row in known.values_list(*fields)]


def _layers_of(snapshot: CatalogSnapshot) -> Mapping[int, Collection[str]]:
    layers: dict[int, set[str]] = defaultdict(set)
    for indexed in snapshot.indexed_entries:
        layers[indexed.article_id].add(indexed.layer)
    return dict(layers)
