"""The admin as this site serves it: signed out, an editor learns that nothing was saved."""

from functools import update_wrapper
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _


class EditingConfig(AdminConfig):
    default_site = "playbook.editing_site.EditingSite"


class EditingSite(AdminSite):
    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def explained(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
            response: HttpResponseBase = inner(request, *args, **options)
            is_redirected = response.status_code == 302
            if is_redirected and request.method == "POST" and not request.user.is_authenticated:
                message = _("Sign in again. What you typed was not saved; go back to copy it.")
                messages.warning(request, message)
            return response

        return update_wrapper(explained, inner)
