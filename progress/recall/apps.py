from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecallConfig(AppConfig):
    name = "progress.recall"
    label = "recall"
    verbose_name = _("Recall")

    def ready(self) -> None:
        from progress import activity, learner_rows, own_cards
        from progress.fragments import parts_of_article, parts_of_every_page
        from progress.recall import export, fragments, receivers
        from progress.recall.cards.editing import add_cards
        from progress.recall.day_counts import reviews_by_day
        from progress.recall.models import Card

        learner_rows.register(Card)
        receivers.connect()
        export.register_all()
        parts_of_every_page["recall-count"] = fragments.recall_count
        parts_of_article["article-cards"] = fragments.article_cards
        own_cards.register(add_cards)
        activity.review_counts.append(reviews_by_day)
