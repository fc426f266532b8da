from typing import ClassVar

from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# To delete a record here would not end the session.
admin.site.unregister(UserSession)


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin[User]):
    """Only for superusers: the Editors group has no permission here."""

    fieldsets: ClassVar = (
        *(auth_admin.UserAdmin.fieldsets or ()),
        (
            _("Preferences"),
            {
                "fields": (
                    "time_zone",
                    "shows_streak",
                    "marks_reading_on_open",
                    "wants_editor_mail",
                )
            },
        ),
    )
