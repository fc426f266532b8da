from django.urls import path

from progress.practice import scratch_views, start_views, views
from progress.practice.history import views as history_views
from progress.practice.review_links import views as review_views
from progress.practice.scoring import views as scoring_views

app_name = "practice"

urlpatterns = [
    path("practice/", start_views.practice_list, name="practice_list"),
    path("practice/<slug:slug>/start/", start_views.session_start, name="session_start"),
    path("me/practice/<uuid:uuid>/", views.session_detail, name="session_detail"),
    path("me/practice/<uuid:uuid>/clock/", views.session_clock, name="session_clock"),
    path("me/practice/<uuid:uuid>/ask/", views.question_ask, name="question_ask"),
    path("me/practice/<uuid:uuid>/pause/", views.session_pause, name="session_pause"),
    path("me/practice/<uuid:uuid>/resume/", views.session_resume, name="session_resume"),
    path("me/practice/<uuid:uuid>/finish/", views.session_finish, name="session_finish"),
    path(
        "me/practice/<uuid:uuid>/scratches/<int:position>/",
        scratch_views.scratch_save,
        name="scratch_save",
    ),
    path(
        "me/practice/<uuid:uuid>/scratches/<int:position>/earlier/",
        scratch_views.earlier_scratches,
        name="earlier_scratches",
    ),
    path("me/practice/<uuid:uuid>/take/", scratch_views.estimate_take, name="estimate_take"),
    path(
        "me/practice/earlier/<uuid:uuid>/restore/",
        scratch_views.scratch_restore,
        name="scratch_restore",
    ),
    path("practice/review/<str:token>/", review_views.review_add, name="review_add"),
    path("me/practice/", history_views.practice_history, name="practice_history"),
    path("me/practice/<uuid:uuid>/score/", scoring_views.session_score, name="session_score"),
    path("me/practice/<uuid:uuid>/result/", scoring_views.session_result, name="session_result"),
    path("me/practice/<uuid:uuid>/cards/", scoring_views.gap_cards_add, name="gap_cards_add"),
    path("me/practice/<uuid:uuid>/delete/", history_views.session_delete, name="session_delete"),
    path("me/practice/<uuid:uuid>/links/", review_views.review_link_add, name="review_link_add"),
    path(
        "me/practice/links/<uuid:uuid>/revoke/",
        review_views.review_link_revoke,
        name="review_link_revoke",
    ),
]
