"""The filter of a learner's history."""

from django import forms
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.active_filters import Ignored
from progress.models import Event
from progress.querysets import EventQuerySet

PAGE_SIZE = 50


class EventFilterForm(forms.Form):
    day = forms.DateField(label=_("Day"), required=False, input_formats=["%Y-%m-%d"])
    page = forms.IntegerField(label=_("Page"), min_value=1, required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        self.is_valid()

    def apply(self, events: EventQuerySet) -> EventQuerySet:
        day = self.cleaned_data.get("day")
        return events.on_day(day) if day else events

    def page_of(self, events: EventQuerySet) -> Page[Event]:
        """Return the requested page, or the last one if there are fewer."""
        return Paginator(events, PAGE_SIZE).get_page(self.cleaned_data.get("page") or 1)

    @property
    def ignored(self) -> list[Ignored]:
        """The values that the form ignored, for the page to name."""
        return [
            Ignored(str(self.fields[name].label), self.data.get(name, "")) for name in self.errors
        ]
