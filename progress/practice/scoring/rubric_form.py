"""The form in which somebody gives the points of a practice session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from catalog.cases.case_lines import RubricLine
from progress.practice.models import QUOTE_MAX_LENGTH
from progress.practice.scoring.score_sheet import Mark, Marks, Points

if TYPE_CHECKING:
    from django.http import QueryDict


class FormLine(NamedTuple):
    """A line of the rubric with its two fields."""

    line: RubricLine
    points: BoundField
    quote: BoundField


class RubricForm(forms.Form):
    """The points of each line, and a quotation of the scratch that shows what earned them."""

    needs_quotes = True
    """True if points have to be supported by a quotation."""

    def __init__(
        self,
        rubric: Sequence[RubricLine],
        texts: Sequence[str],
        data: QueryDict | None = None,
        marks: Marks | None = None,
    ) -> None:
        super().__init__(data)
        self.rubric = rubric
        self.texts = [folded(text) for text in texts]
        for line in rubric:
            mark = (marks or {}).get(line.criterion)
            self._add_fields(line, mark)

    def _add_fields(self, line: RubricLine, mark: Mark | None) -> None:
        label = line.criterion.label
        self.fields[f"{line.criterion}_points"] = forms.TypedChoiceField(
            label=label,
            choices=Points.choices,
            coerce=int,
            initial=mark.points if mark else None,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose how many points this line gets."),
                "invalid_choice": _("Choose 0, 1, 2 or 3 points."),
            },
        )
        self.fields[f"{line.criterion}_quote"] = forms.CharField(
            label=_("%(criterion)s: the words that earned the points") % {"criterion": label},
            max_length=QUOTE_MAX_LENGTH,
            required=False,
            initial=mark.quote if mark else "",
            widget=forms.TextInput(attrs={"list": "scratch-lines", "autocomplete": "off"}),
        )

    def clean(self) -> dict[str, Any]:
        for line in self.rubric:
            self._check_quote(line)
        return self.cleaned_data

    def _check_quote(self, line: RubricLine) -> None:
        points = self.cleaned_data.get(f"{line.criterion}_points")
        name = f"{line.criterion}_quote"
        quote = folded(self.cleaned_data.get(name, ""))
        if quote and not any(quote in text for text in self.texts):
            self.add_error(name, _("These words are not in the scratch. Copy them as written."))
        elif points and not quote and self.needs_quotes and name in self.cleaned_data:
            self.add_error(name, _("Quote the words that earned the points, or give 0."))

    @property
    def lines(self) -> Iterator[FormLine]:
        for line in self.rubric:
            yield FormLine(line, self[f"{line.criterion}_points"], self[f"{line.criterion}_quote"])

    @property
    def marks(self) -> Marks:
        """The points of a valid form."""
        return {
            line.criterion: Mark(
                self.cleaned_data[f"{line.criterion}_points"],
                self.cleaned_data[f"{line.criterion}_quote"],
            )
            for line in self.rubric
        }


def folded(text: str) -> str:
    """Return the text with its white space and case folded, as quotations are compared."""
    return " ".join(text.split()).casefold()
