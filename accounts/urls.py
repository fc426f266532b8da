from allauth.account.decorators import secure_admin_login
from allauth.account.views import email
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.generic import RedirectView

from accounts import views
from accounts.reauthentication import password_required

app_name = "accounts"

urlpatterns = [
    path("theme/", views.theme_set, name="theme_set"),
    path("accounts/preferences/", views.preferences_edit, name="preferences_edit"),
    # Before allauth's own, which asks for the password only when the form is sent.
    path("accounts/email/", login_required(password_required(email))),
    path("accounts/sessions/", views.session_list, name="session_list"),
    path("accounts/sessions/<int:pk>/end/", views.session_end, name="session_end"),
    path("accounts/sessions/end-others/", views.session_end_others, name="session_end_others"),
    path("accounts/delete/", views.account_delete, name="account_delete"),
    # In front of allauth's views of the same addresses.
    path("accounts/signup/", views.SignUp.as_view(), name="account_sign_up"),
    path("accounts/logout/", views.sign_out, name="sign_out"),
    # The admin's own sign-in does not limit attempts, so the site's sign-in replaces it.
    path("admin/login/", secure_admin_login(admin.site.login), name="admin_login"),
    path(
        "admin/password_change/",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="admin_password_change",
    ),
    path("admin/logout/", RedirectView.as_view(pattern_name="account_logout"), name="admin_logout"),
]
