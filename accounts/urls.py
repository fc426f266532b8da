from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("theme/", views.theme_set, name="theme_set"),
    path("accounts/preferences/", views.preferences_edit, name="preferences_edit"),
    path("accounts/delete/", views.account_delete, name="account_delete"),
    # The admin's own sign-in counts no attempts; there is one door, and it does.
    path("admin/login/", secure_admin_login(admin.site.login), name="admin_login"),
]
