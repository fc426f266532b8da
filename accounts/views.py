from allauth.account.adapter import get_adapter
from allauth.account.views import SignupView
from allauth.account.views import logout as allauth_logout
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sessions
from accounts.browsers import browser_name
from accounts.forms import PasswordForm, PreferencesForm, SignupForm
from accounts.models import User
from playbook.http import THEMES, HttpRequest, safe_next, sign_in_required

YEAR = 365 * 24 * 60 * 60


class LearnerRequest(HttpRequest):
    user: User


@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Store the colour scheme in a cookie, so that pages are rendered in it."""
    response = HttpResponseRedirect(safe_next(request, default="/"))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


class SignUp(SignupView):
    """The page of allauth, which shows what is wrong when the account is saved, too."""

    def form_valid(self, form: SignupForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except ValidationError as error:
            form.add_error("username", error)
            response = self.form_invalid(form)
        return response


def without_cached_pages(response: HttpResponse) -> HttpResponse:
    """Let the browser forget the pages of the account that was signed out."""
    response["Clear-Site-Data"] = '"cache"'
    return response


def sign_out(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = allauth_logout(request)
    return without_cached_pages(response) if request.method == "POST" else response


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def preferences_edit(request: LearnerRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            # An account that another window deleted stays deleted, and leads to signing in.
            exists = User.objects.select_for_update(no_key=True).filter(pk=request.user.pk).exists()
            if exists:
                form.save()
        if exists:
            messages.success(request, _("Your preferences were saved."))
        return redirect("accounts:preferences_edit")
    return render(request, "accounts/preferences_edit.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@sign_in_required
@rate_limit(action="reauthenticate")  # type: ignore[untyped-decorator]  # allauth has no types
def account_delete(request: LearnerRequest) -> HttpResponse:
    """Delete the account and everything in it, after asking for the password."""
    user = request.user
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        email = user.email
        with transaction.atomic():
            # A state change that is under way ends before this, or finds no account.
            exists = User.objects.select_for_update().filter(pk=user.pk).first()
            logout(request)
            if exists:  # The form can be sent twice.
                user.delete()
        if exists:
            get_adapter().send_notification_mail(
                "accounts/email/account_deleted", user, email=email
            )
        messages.success(request, _("Your account and everything in it were deleted."))
        return without_cached_pages(redirect("catalog:roadmap"))
    return render(request, "accounts/account_delete.html", {"form": form})


@require_safe
@sign_in_required
def session_list(request: LearnerRequest) -> HttpResponse:
    rows = sessions.sessions_of(request, request.user)
    listed = [(row, browser_name(row.user_agent)) for row in rows]
    return render(request, "accounts/session_list.html", {"sessions": listed})


@require_POST
@sign_in_required
def session_end(request: LearnerRequest, pk: int) -> HttpResponse:
    rows = [row for row in sessions.sessions_of(request, request.user) if row.pk == pk]
    if rows and rows[0].session_key == request.session.session_key:
        return redirect("account_logout")
    sessions.end(rows)
    messages.success(request, _("That browser is signed out."))
    return redirect("accounts:session_list")


@require_POST
@sign_in_required
def session_end_others(request: LearnerRequest) -> HttpResponse:
    rows = sessions.sessions_of(request, request.user)
    sessions.end(row for row in rows if row.session_key != request.session.session_key)
    messages.success(request, _("All other browsers are signed out."))
    return redirect("accounts:session_list")
