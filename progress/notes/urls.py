from django.urls import path

from progress.notes import views

app_name = "notes"

urlpatterns = [
    path("articles/<slug:slug>/note/", views.note_save, name="note_save"),
    path("articles/<slug:slug>/note/earlier/", views.earlier_texts, name="earlier_texts"),
    path("me/notes/", views.note_list, name="note_list"),
    path("me/notes/print/", views.note_print, name="note_print"),
    path("me/notes.md", views.note_download, name="note_download"),
    path("me/notes/earlier/<uuid:uuid>/restore/", views.text_restore, name="text_restore"),
]
