"""Base classes of the catalogue's admin."""

from collections.abc import Iterable
from itertools import chain
from typing import Any, TypeVar, cast

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.forms import BaseForm, Field, ModelChoiceField, Widget
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.admin.article_field import ArticleField
from catalog.admin.conflicts import ConflictAdmin
from catalog.models import Colour

_Model = TypeVar("_Model", bound=models.Model)

SEARCH_MAX_LENGTH = 200


class CatalogFields(BaseModelAdmin[_Model]):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **options: object
    ) -> Field | None:
        """Render a foreign key as a select, whose choices are read once instead of once a row."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if isinstance(field, ModelChoiceField):
            wrapper = field.widget
            assert isinstance(wrapper, RelatedFieldWidgetWrapper)
            wrapper.can_change_related = wrapper.can_delete_related = False
            wrapper.can_view_related = False
            wrapper.can_add_related = wrapper.can_add_related and db_field.name == "article"
            if not isinstance(field, ArticleField):
                field.choices = list(cast("Iterable[Any]", field.choices))
        return field


def focus_first_error(forms: Iterable[BaseForm]) -> None:
    """Let the browser begin in the first field with an error."""
    for field in (field for form in forms for field in form):
        if field.errors and not field.is_hidden:
            widget: Widget = getattr(field.field.widget, "widget", None) or field.field.widget
            widget.attrs["autofocus"] = True
            return


class CatalogAdmin(CatalogFields[_Model], ConflictAdmin[_Model]):
    """The base of all admin classes here. A slug is part of an address, so it never changes."""

    def get_form(
        self, request: HttpRequest, obj: _Model | None = None, change: bool = False, **options: Any
    ) -> Any:
        if obj:
            slug = _("The last part of its address on this site, which never changes.")
            options["help_texts"] = {"slug": slug, **(options.get("help_texts") or {})}
        return super().get_form(request, obj, change, **options)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        if context["errors"]:
            rows = (inline.formset.forms for inline in context["inline_admin_formsets"])
            focus_first_error([context["adminform"].form, *chain(*rows)])
        return super().render_change_form(request, context, *args, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: _Model | None = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj else [])]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: _Model | None = None
    ) -> dict[str, Any]:
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[_Model], search_term: str
    ) -> tuple[QuerySet[_Model], bool]:
        # SQLite limits the depth of an expression to 1000.
        return super().get_search_results(request, queryset, search_term[:SEARCH_MAX_LENGTH])

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, ValidationError):
            # Somebody else saved between the validation and the write. Validated again, the form
            # shows the error and keeps what was typed.
            return super().changeform_view(request, object_id, form_url, extra_context)


def swatch(colour: str) -> SafeString:
    return format_html(
        '<span class="swatch" data-colour="{}"></span> {}', colour, Colour(colour).label
    )
