from django.urls import path

from catalog.playbook_file import views
from catalog.playbook_file.feeds import ChangesFeed

app_name = "playbook_file"

urlpatterns = [
    path("playbook.md", views.playbook_file, name="playbook_file"),
    path("changes/", views.change_list, name="change_list"),
    path("feeds/changes.atom", ChangesFeed(), name="changes_feed"),
]
