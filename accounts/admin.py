from collections.abc import Iterable
from functools import wraps
from typing import Any, ClassVar

from allauth.account import admin as allauth
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.auth import admin as auth_admin
from django.db import router
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.reauthentication import View, password_required

# To delete a record here would not end the session.
admin.site.unregister(UserSession)


class AsksForPassword(admin.ModelAdmin[Any]):
    """Ask operators for their password again: here a stolen session could take any account."""

    def get_urls(self) -> list[Any]:
        urls = super().get_urls()
        for url in urls:
            if isinstance(url, URLPattern):
                url.callback = self._asking(url.callback)
        return urls

    def _asking(self, view: View) -> View:
        asking = password_required(view)

        @wraps(view)
        def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            may_see = self.has_view_or_change_permission(request)
            return (asking if may_see else view)(request, *args, **kwargs)

        return wrapped


admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class EmailAddressAdmin(AsksForPassword, allauth.EmailAddressAdmin):
    """The page of allauth, which has no types."""


@admin.register(User)
class UserAdmin(AsksForPassword, auth_admin.UserAdmin[User]):
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

    def get_deleted_objects(
        self, objs: Iterable[User], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the accounts, and only count what they have, which is private to their owners."""
        accounts, site = list(objs), self.admin_site
        collector = NestedObjects(using=router.db_for_write(User), origin=accounts)
        collector.collect(accounts)
        counts, needed = {}, set()
        for rows in collector.model_objs.values():
            model = type(next(iter(rows)))
            counts[str(model._meta.verbose_name_plural)] = len(rows)
            model_admin = site.get_model_admin(model) if site.is_registered(model) else None
            if model_admin and not model_admin.has_delete_permission(request):
                needed.add(str(model._meta.verbose_name))
        protected = [str(row) for row in collector.protected]
        return [account.get_username() for account in accounts], counts, needed, protected
