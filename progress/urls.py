from django.urls import path

from progress import views

app_name = "progress"

urlpatterns = [
    path("articles/<slug:slug>/state/", views.state_set, name="state_set"),
    path("sections/<slug:slug>/state/", views.section_set, name="section_set"),
    path("layers/<slug:slug>/state/", views.layer_set, name="layer_set"),
    path("articles/<slug:slug>/finish/", views.article_finish, name="article_finish"),
    path("articles/<slug:slug>/open/", views.article_open, name="article_open"),
    path("events/<int:event_id>/undo/", views.event_undo, name="event_undo"),
    path("events/<int:first>-<int:last>/undo/", views.events_undo, name="events_undo"),
    path("me/", views.progress_detail, name="progress_detail"),
    path("me/history/", views.event_list, name="event_list"),
    path("me/export/", views.export_detail, name="export_detail"),
    path("me/export.json", views.progress_export, name="progress_export"),
    path("me/changes/seen/", views.changes_acknowledge, name="changes_acknowledge"),
    path("me/visitor-note/dismiss/", views.visitor_note_dismiss, name="visitor_note_dismiss"),
    path("me/streak/hide/", views.streak_hide, name="streak_hide"),
]
