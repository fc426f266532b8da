from django.urls import path

from playbook.diagrams import views

app_name = "diagrams"

urlpatterns = [path("diagrams/", views.preview, name="preview")]
