"""The forms of an account: allauth's, in this site's words, and the preferences."""

from collections import defaultdict
from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.time_zones import time_zones

HELP: dict[str, Any] = {
    "password": "",
    "oldpassword": "",
    "password1": _(
        "At least 8 characters; not only digits, not a common one, nothing close to your name."
    ),
}
ERRORS: dict[str, Any] = {"required": _("Please fill this in.")}


class Worded(forms.Form):
    """One label a field, short help, and no placeholder that says the label again."""

    labels: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = HELP.get(name, field.help_text)
            field.error_messages.update(ERRORS)
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = _("This is not an e-mail address.")


class LoginForm(Worded, allauth.LoginForm):
    labels: ClassVar = {"login": _("User name or e-mail"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(autocomplete="username", autocapitalize="none")


class SignupForm(Worded, allauth.SignupForm):
    labels: ClassVar = {
        "username": _("User name"),
        "email": _("E-mail"),
        "password1": _("Password"),
        "password2": _("Password again"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocapitalize"] = "none"
        self.fields["email"].help_text = (
            _("For a new password, should you forget yours, and for nothing else.")
            if settings.HAS_EMAIL
            else _("You can sign in with it too. This site sends no mail at present.")
        )


class EmailForm(Worded, allauth.AddEmailForm):
    labels: ClassVar = {"email": _("New e-mail address")}

    def clean_email(self) -> str:
        email: str = super().clean_email()
        others = EmailAddress.objects.filter(email=email).exclude(user=self.user)
        # Where mail is sent, only the owner of the address can confirm it.
        if not settings.HAS_EMAIL and others.exists():
            raise get_adapter().validation_error("email_taken")
        return email

    @transaction.atomic
    def save(self, request: HttpRequest) -> EmailAddress:
        if settings.HAS_EMAIL:
            return super().save(request)
        EmailAddress.objects.filter(user=self.user).delete()
        address = EmailAddress(user=self.user, email=self.cleaned_data["email"])
        address.set_as_primary()
        messages.success(request, gettext("Your e-mail address is %s now.") % address.email)
        return address


class ChangePasswordForm(Worded, allauth.ChangePasswordForm):
    labels: ClassVar = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }


class SetPasswordForm(Worded, allauth.SetPasswordForm):
    labels: ClassVar = {"password1": _("New password"), "password2": _("New password again")}


class ResetPasswordForm(Worded, allauth.ResetPasswordForm):
    labels: ClassVar = {"email": _("E-mail")}

    def clean(self) -> dict[str, Any] | None:
        if not settings.HAS_EMAIL:
            raise forms.ValidationError(_("This site sends no mail, so nothing was sent."))
        return super().clean()


class ResetPasswordKeyForm(Worded, allauth.ResetPasswordKeyForm):
    labels: ClassVar = {"password1": _("New password"), "password2": _("New password again")}


class PasswordForm(Worded, allauth.ReauthenticateForm):
    """Asks somebody who is signed in for their password once more."""

    labels: ClassVar = {"password": _("Your password")}


def time_zone_choices() -> list[tuple[Any, Any]]:
    """Every zone under its area, after the choice that follows the browser."""
    areas: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(time_zones()):
        area, slash, place = name.partition("/")
        areas[area if slash else gettext("World")].append(
            (name, (place or name).replace("_", " ").replace("/", " – "))
        )
    return [("", _("As the browser says")), *areas.items()]


class PreferencesForm(forms.ModelForm[User]):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=time_zone_choices,
        help_text=_("Days, streaks and dates are shown in it."),
    )

    class Meta:
        model = User
        fields = ("time_zone", "shows_streak", "marks_reading_on_open")
