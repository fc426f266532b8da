"""The form of a case in the admin."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.admin.rows import AT_THE_END, LinesTextarea, NumberField
from catalog.cases.case_lines import lines_in
from catalog.cases.models import Case
from catalog.cases.stages import Stage

ROWS = {
    "brief": 4, "question_lines": 16, "stage_lines": 8, "twist": 3, "rubric_lines": 11,
    "requirements": 12, "estimate_input_lines": 9, "estimate_lines": 9, "interface": 14,
    "data_model": 14, "diagram": 12, "deep_dives": 20, "failure_modes": 10, "trade_offs": 10,
    "article_lines": 5,
}  # fmt: skip
"""The parts of a case, and how many lines of each are seen at once."""
CODE = {"estimate_input_lines", "estimate_lines", "interface", "data_model", "diagram"}
"""The parts that are written in a font of equal widths."""
ARTICLE_PAGE = re.compile(r"/articles/([-\w]+)/?(?:[?#].*)?$")


DEFAULT_MINUTES = {
    Stage.REQUIREMENTS: 5,
    Stage.ESTIMATES: 5,
    Stage.ENTITIES: 3,
    Stage.INTERFACE: 5,
    Stage.DATA_FLOW: 3,
    Stage.DESIGN: 12,
    Stage.DEEP_DIVES: 12,
    Stage.WRAP_UP: 5,
}


def default_stages() -> str:
    """Return the stages with which the form of a new case begins."""
    return "\n".join(f"{stage.label}: {minutes}" for stage, minutes in DEFAULT_MINUTES.items())


class CaseForm(forms.ModelForm[Case]):
    number = NumberField(
        help_text=_("The position among the cases. If empty, the case stays there.")
    )

    class Meta:
        widgets: ClassVar = {name: LinesTextarea(rows) for name, rows in ROWS.items()}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is None:
            self.initial.setdefault("stage_lines", default_stages())
        for name in CODE & self.fields.keys():
            self.fields[name].widget.attrs["class"] += " code"

    @property
    def old_number(self) -> int:
        """The number before the change. A new case comes from the end."""
        return int(self.initial.get("number") or AT_THE_END)

    def clean_number(self) -> int:
        return self.cleaned_data["number"] or self.old_number

    def clean_article_lines(self) -> str:
        """Replace the address of an article's page by its last part."""
        lines = lines_in(self.cleaned_data["article_lines"])
        return "\n".join(map(_slug_in, lines))


def _slug_in(line: str) -> str:
    page = ARTICLE_PAGE.search(line)
    return page[1] if page else line
