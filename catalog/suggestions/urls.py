from django.urls import path

from catalog.suggestions import views

app_name = "suggestions"

urlpatterns = [
    path("contributing/", views.suggestion_add, name="suggestion_add"),
]
