"""Account forms: the forms of allauth with this site's labels and help, and the preferences."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import normalized
from accounts.time_zones import time_zones
from playbook.editor_mail import can_get_mail

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HELP: dict[str, "StrOrPromise"] = {
    "password": "",
    "oldpassword": "",
    "password1": _(
        "At least 8 characters. Not only digits, not a common password, not similar to your name."
    ),
}
ERRORS: dict[str, "StrOrPromise"] = {"required": _("Fill this in.")}


class LabelledForm(forms.Form):
    """A form with this site's labels, help and errors, and without placeholders."""

    labels: ClassVar[dict[str, "StrOrPromise"]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = HELP.get(name, field.help_text)
            field.error_messages.update(ERRORS)
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = _("This is not an e-mail address.")


class LoginForm(LabelledForm, allauth.LoginForm):
    labels: ClassVar = {"login": _("User name or e-mail"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(autocomplete="username", autocapitalize="none")
        if settings.HAS_EMAIL:
            self.fields["login"].help_text = _(
                "An e-mail address can be used once it is confirmed."
            )

    def clean_login(self) -> str:
        return normalized(super().clean_login())


class SignupForm(LabelledForm, allauth.SignupForm):
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
            _("Used to reset your password, and for reminders if you turn them on.")
            if settings.HAS_EMAIL
            else _("You can also sign in with it.")
        )


class EmailForm(LabelledForm, allauth.AddEmailForm):
    labels: ClassVar = {"email": _("New e-mail address")}

    def clean_email(self) -> str:
        email: str = super().clean_email()
        others = EmailAddress.objects.filter(email=email).exclude(user=self.user)
        # If the site sends mail, only the owner of the address can confirm it.
        if not settings.HAS_EMAIL and others.exists():
            raise get_adapter().validation_error("email_taken")
        return email

    @transaction.atomic
    def save(self, request: HttpRequest) -> EmailAddress:
        if settings.HAS_EMAIL:
            old_email = self.user.email
            address = super().save(request)
            # An unconfirmed address is replaced at once; allauth tells only confirmed ones.
            if not EmailAddress.objects.filter(user=self.user, email=old_email).exists():
                emails = {"from_email": old_email, "to_email": address.email}
                get_adapter().send_notification_mail(
                    "account/email/email_changed", self.user, emails, old_email
                )
            return address
        EmailAddress.objects.filter(user=self.user).delete()
        address = EmailAddress(user=self.user, email=self.cleaned_data["email"])
        address.set_as_primary()
        messages.success(request, gettext("Your e-mail address is now %s.") % address.email)
        return address


class ChangePasswordForm(LabelledForm, allauth.ChangePasswordForm):
    labels: ClassVar = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }


class SetPasswordForm(LabelledForm, allauth.SetPasswordForm):
    labels: ClassVar = {"password1": _("New password"), "password2": _("New password again")}


class ResetPasswordForm(LabelledForm, allauth.ResetPasswordForm):
    labels: ClassVar = {"email": _("E-mail")}

    def clean(self) -> dict[str, Any] | None:
        if not settings.HAS_EMAIL:
            raise forms.ValidationError(_("This site does not send mail, so nothing was sent."))
        return super().clean()


class ResetPasswordKeyForm(LabelledForm, allauth.ResetPasswordKeyForm):
    labels: ClassVar = {"password1": _("New password"), "password2": _("New password again")}


class PasswordForm(LabelledForm, allauth.ReauthenticateForm):
    """Asks a user who is signed in for their password again."""

    labels: ClassVar = {"password": _("Your password")}


def time_zone_choices() -> list[tuple[str, "StrOrPromise | list[tuple[str, str]]"]]:
    """Return the zones grouped by area, after the choice to follow the browser."""
    areas: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(time_zones()):
        area, slash, place = name.partition("/")
        areas[area if slash else gettext("World")].append(
            (name, (place or name).replace("_", " ").replace("/", " – "))
        )
    return [("", _("Browser default")), *areas.items()]


class WholeNumberField(forms.IntegerField):
    """A number in a range. A page of an older release leaves it out, which changes nothing."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        wrong = _("Enter a whole number from {low} to {high}. No preference was changed.")
        errors = format_lazy(wrong, low=low, high=high)
        super().__init__(
            required=False,
            min_value=low,
            max_value=high,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), errors),
            **kwargs,
        )


class PreferencesForm(forms.ModelForm[User]):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=time_zone_choices,
        help_text=_("Your days, streaks and dates use this time zone."),
    )
    daily_review_limit = WholeNumberField(1, 500, label=_("Reviews a day at most"))
    daily_new_card_limit = WholeNumberField(
        0,
        100,
        label=_("New cards a day at most"),
        help_text=_(
            "They count as reviews. With 0, you only review cards that you have seen before."
        ),
    )
    retention = WholeNumberField(
        80,
        95,
        label=_("Share of cards to recall, in per cent"),
        help_text=_("From 80 to 95. The higher it is, the sooner each card comes back."),
    )

    class Meta:
        model = User
        fields = (
            *("time_zone", "shows_streak", "marks_reading_on_open", "wants_editor_mail"),
            *("daily_review_limit", "daily_new_card_limit", "retention"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_get_mail(self.instance):
            del self.fields["wants_editor_mail"]
            return
        self.fields["wants_editor_mail"].help_text = (
            gettext("Sent to %(address)s.") % {"address": self.instance.email}
            if self.instance.email
            else gettext("Your account has no e-mail address yet, so nothing is sent.")
        )

    def save(self, commit: bool = True) -> User:
        """Store the fields of the form alone: another request can have changed the password."""
        if commit:
            self.instance.save(update_fields=list(self.fields))
        return self.instance

    def clean(self) -> dict[str, Any] | None:
        for name, field in self.fields.items():
            is_empty = name in self.data and self.cleaned_data.get(name, "") is None
            if is_empty and isinstance(field, WholeNumberField):
                self.add_error(name, field.error_messages["required"])
        return super().clean()
