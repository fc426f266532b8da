from django.urls import path

from progress.practice import scratch_views, start_views, views

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
    path("me/practice/<uuid:uuid>/score/", views.session_score, name="session_score"),
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
    path(
        "me/practice/earlier/<uuid:uuid>/restore/",
        scratch_views.scratch_restore,
        name="scratch_restore",
    ),
]
