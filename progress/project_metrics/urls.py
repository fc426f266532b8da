from django.urls import path

from progress.project_metrics import views

app_name = "project_metrics"

urlpatterns = [path("metrics/", views.project_metrics, name="project_metrics")]
