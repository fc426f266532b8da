from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("theme/", views.theme_set, name="theme_set"),
    path("accounts/preferences/", views.preferences_edit, name="preferences_edit"),
    path("accounts/delete/", views.account_delete, name="account_delete"),
]
