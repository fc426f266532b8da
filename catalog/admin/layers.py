"""The admin of layers and statuses."""

from typing import TypeVar

from django.contrib import admin, messages
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.base import CatalogAdmin, swatch
from catalog.models import Layer, Status

_Used = TypeVar("_Used", Layer, Status)


class UsedAdmin(CatalogAdmin[_Used]):
    """Rows that others refer to. They can be deleted only when nothing uses them."""

    actions = None
    radio_fields = {"colour": admin.HORIZONTAL}
    delete_confirmation_template = "admin/catalog/delete_confirmation.html"

    @admin.display(description=gettext_lazy("colour"), ordering="colour")
    def shown_colour(self, used: _Used) -> SafeString:
        return swatch(used.colour)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except (models.ProtectedError, IntegrityError):
            message = _("Somebody else has just started to use it. Nothing was deleted.")
            self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


@admin.register(Layer)
class LayerAdmin(UsedAdmin[Layer]):
    list_display = ("title", "number", "tagline", "shown_colour")
    ordering = ("number", "pk")
    fields = ("number", "title", "slug", "tagline", "colour")
    prepopulated_fields = {"slug": ("title",)}


@admin.register(Status)
class StatusAdmin(UsedAdmin[Status]):
    list_display = ("label", "number", "is_public", "is_countable", "shown_colour")
    ordering = ("number", "pk")
    fields = ("number", "label", "slug", "colour", "is_public", "is_countable")
    prepopulated_fields = {"slug": ("label",)}
