from django.urls import path

from catalog.links import views

app_name = "links"

urlpatterns = [
    path("articles/<slug:slug>/report/", views.report_create, name="report_create"),
]
