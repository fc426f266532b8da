"""The filters beside the list of articles in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from catalog.models import Article, Entry, Layer, Section

YES_OR_NO: list[tuple[str, Any]] = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


class PlaceFilter(admin.SimpleListFilter):
    """Filter articles by the layer or section of their current entries."""

    places: QuerySet[Any]
    path = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(place.slug, place.title) for place in self.places.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        entries = Entry.objects.filter(retired_at=None, **{self.path: self.value()})
        return queryset.filter(pk__in=entries.values("article"))


class LayerFilter(PlaceFilter):
    title = gettext_lazy("layer")
    parameter_name = "layer"
    places = Layer.objects.all()
    path = "section__layer__slug"


class SectionFilter(PlaceFilter):
    title = gettext_lazy("section")
    parameter_name = "section"
    places = Section.objects.listed()
    path = "section__slug"


class ListedFilter(admin.SimpleListFilter):
    title = gettext_lazy("listed in a section")
    parameter_name = "listed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return YES_OR_NO

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(pk__in=Article.objects.listed())
        if self.value() == "no":
            return queryset.exclude(pk__in=Article.objects.listed())
        return queryset


class PublicFilter(admin.SimpleListFilter):
    title = gettext_lazy("public")
    parameter_name = "is_public"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return YES_OR_NO

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(YES_OR_NO):
            return queryset
        return queryset.filter(status__is_public=self.value() == "yes")
