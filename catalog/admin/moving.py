"""Move several entries to another section in one action: choose, check, confirm."""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_ngettext
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import catalog_version
from catalog.admin.retiring import RetirableAdmin, renumber
from catalog.history.records import record
from catalog.models import Entry, Section
from catalog.querysets import EntryQuerySet
from catalog.retirable import Retirable

_Retirable = TypeVar("_Retirable", bound=Retirable)


class SectionField(forms.ModelChoiceField[Section]):
    def label_from_instance(self, section: Section) -> str:
        return f"{section.layer} – {section}"


class EntriesField(forms.ModelMultipleChoiceField[Entry]):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, entry: Entry) -> str:
        names = {"title": entry.title, "section": entry.section, "number": entry.number}
        return _("%(title)s – now number %(number)d in “%(section)s”") % names


class MoveForm(forms.Form):
    section = SectionField(
        Section.objects.none(),
        label=gettext_lazy("Move to the section"),
        empty_label=gettext_lazy("Choose a section"),
        error_messages={"required": gettext_lazy("Choose a section. Nothing was moved.")},
        help_text=gettext_lazy("The entries go to its end, in their present order."),
    )
    entries = EntriesField(
        Entry.objects.none(),
        label=gettext_lazy("Entries"),
        error_messages={"required": gettext_lazy("Choose at least one entry.")},
    )

    def __init__(self, entries: EntryQuerySet, data: Any = None) -> None:
        super().__init__(data, initial={"entries": list(entries)})
        querysets = {"section": Section.objects.listed().in_journey_order(), "entries": entries}
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]  # typed as Field


@dataclass
class Move:
    """The result of moving entries to a section."""

    moved: list[Entry] = field(default_factory=list)
    there_before: list[Entry] = field(default_factory=list)
    repeated: list[Entry] = field(default_factory=list)
    """Entries that stay, because the section lists their article under their title."""


@transaction.atomic
def move_entries(entries: Iterable[Entry], section: Section) -> Move:
    """Move entries to the end of a section, in the order of the journey."""
    catalog_version.lock_catalog()
    move = Move()
    stored = section.entries.filter(retired_at=None)
    titles = set(stored.values_list("article_id", "title"))
    last = section.entries.aggregate(last=Max("number"))["last"] or 0
    keys = [entry.pk for entry in entries]
    chosen = Entry.objects.filter(pk__in=keys, retired_at=None).select_related("section")
    old_sections = set[int]()
    for entry in chosen.in_journey_order():
        if entry.section_id == section.pk:
            move.there_before.append(entry)
        elif (entry.article_id, entry.title) in titles:
            move.repeated.append(entry)
        else:
            titles.add((entry.article_id, entry.title))
            old_sections.add(entry.section_id)
            move.moved.append(entry)
            entry.section, entry.number = section, last + len(move.moved)
    Entry.objects.bulk_update(move.moved, ["section", "number"])
    record(move.moved)
    renumber(Section.objects.filter(pk__in=[*old_sections, section.pk]))
    return move


class MovingAdmin(RetirableAdmin[_Retirable]):
    """The action that moves the entries of the chosen rows."""

    @abstractmethod
    def entries_of(self, chosen: QuerySet[_Retirable]) -> EntryQuerySet:
        """Return the current entries that the action moves."""

    def has_move_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.change_entry")

    @admin.action(
        description=gettext_lazy("Move selected %(verbose_name_plural)s to another section"),
        permissions=["move"],
    )
    def move_selected(
        self, request: HttpRequest, queryset: QuerySet[_Retirable]
    ) -> HttpResponse | None:
        entries = self.entries_of(self.rows(queryset))
        entries = entries.select_related("section__layer").in_journey_order()
        if not entries:
            message = _("None of them is listed in a section. Nothing was moved.")
            self.message_user(request, message, messages.ERROR)
            return None
        form = MoveForm(entries, request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            self.move_to(request, form.cleaned_data["entries"], form.cleaned_data["section"])
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Move to another section"),
            "opts": self.opts,
            "form": form,
            "chosen": queryset,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/catalog/move.html", context)

    @transaction.atomic
    def move_to(self, request: HttpRequest, entries: Iterable[Entry], section: Section) -> None:
        move = move_entries(entries, section)
        moved = Entry.objects.filter(pk__in=[entry.pk for entry in move.moved])
        self.log(request, moved, _("Moved to “%(section)s”.") % {"section": section})
        count = len(move.moved)
        page = reverse("admin:catalog_section_change", args=[section.pk])
        link = format_html('<a href="{}">{}</a>', page, section)
        message = format_html(
            _("Moved to “{section}”: {count} {entries}."),
            section=link,
            count=count,
            entries=model_ngettext(Entry._meta, count),
        )
        if there_before := len(move.there_before):
            more = ngettext(
                "%(count)d was there before.", "%(count)d were there before.", there_before
            )
            message = format_html("{} {}", message, more % {"count": there_before})
        self.message_user(request, message, messages.SUCCESS if count else messages.INFO)
        for entry in move.repeated:
            refusal = _("“%(entry)s” stays in “%(old)s”, because “%(new)s” lists it already.")
            names = {"entry": entry, "old": entry.section, "new": section}
            self.message_user(request, refusal % names, messages.ERROR)
