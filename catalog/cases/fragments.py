"""Show the parts of a case."""

from collections.abc import Iterator
from typing import NamedTuple

from django import template
from django.utils.safestring import SafeString, mark_safe

from catalog.cases.case_index import CaseIndex
from catalog.cases.case_lines import lines_in
from catalog.cases.estimates.forms import EstimateForm
from catalog.cases.models import Case
from catalog.dependencies import CATALOG
from playbook.formats.markdown import render_markdown
from playbook.http import HttpRequest
from playbook.rendering.fragments import cached_fragments, per_user_fragment

register = template.Library()

DEEP_DIVE_HEADING = {"first_heading": 4, "shallowest": 3}
"""A deep dive begins with “###”, and stands under the heading of its part, of level 3."""


@per_user_fragment(register, CATALOG)
def case_reference(request: HttpRequest, case: Case) -> str:
    """Render the reference of a case, once for each catalog version. Its headings have level 3."""
    articles = tuple(CaseIndex.of(request.snapshot).articles_of(case))
    render = cached_fragments(request, CATALOG)
    return render("cases/includes/reference.html", case=case, articles=articles)


@register.filter
def case_markdown(text: str) -> SafeString:
    """Return the HTML of a part. What can be too wide for a phone is scrolled with the keyboard."""
    html = render_markdown(text, **DEEP_DIVE_HEADING)
    for tag in ("pre", "table"):
        html = html.replace(f"<{tag}>", f'<{tag} tabindex="0">')
    return mark_safe(html)  # noqa: S308 – cleaned by `render_markdown`


@register.filter
def estimates_address(case: Case) -> str:
    """Return the address of the estimates page with the inputs of the case."""
    return EstimateForm(case.estimate_inputs).address


class EstimateRow(NamedTuple):
    """A line of arithmetic in the parts in which a table shows it."""

    label: str
    calculation: str
    sign: str
    result: str


@register.filter
def estimate_rows(lines: str) -> Iterator[EstimateRow]:
    for line in lines_in(lines):
        label, _colon, rest = line.partition(": ")
        sign = "≈" if "≈" in rest else "="
        calculation, _sign, result = rest.partition(sign)
        yield EstimateRow(label, calculation.strip(), sign, result.strip())
