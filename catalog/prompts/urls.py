from django.urls import path

from catalog.prompts import views

app_name = "prompts"

urlpatterns = [path("prompts/anki.txt", views.prompts_anki, name="prompts_anki")]
