from django.urls import path

from progress.recall import anki, views
from progress.recall.cards import views as card_views
from progress.recall.statistics import views as statistics_views

app_name = "recall"

urlpatterns = [
    path("me/recall/", views.recall_session, name="recall_session"),
    path("me/recall/answer/", views.answer_show, name="answer_show"),
    path("me/recall/review/", views.review_add, name="review_add"),
    path("me/recall/reviews/<uuid:operation>/undo/", views.review_undo, name="review_undo"),
    path("me/recall/statistics/", statistics_views.recall_statistics, name="recall_statistics"),
    path("me/recall/anki.txt", anki.cards_anki, name="cards_anki"),
    path("me/recall/cards/", card_views.card_list, name="card_list"),
    path("articles/<slug:slug>/cards/add/", card_views.card_add, name="card_add"),
    path("me/recall/cards/<uuid:key>/", card_views.card_edit, name="card_edit"),
    path("me/recall/cards/<uuid:key>/split/", card_views.card_split, name="card_split"),
    path("me/recall/cards/<uuid:key>/reset/", card_views.card_reset, name="card_reset"),
    path("me/recall/cards/<uuid:key>/drop/", card_views.card_drop, name="card_drop"),
    path("me/recall/cards/<uuid:key>/restore/", card_views.card_restore, name="card_restore"),
]
