from django.http import HttpResponseRedirect
from django.views.decorators.http import require_safe

from catalog.cases.estimates import actions
from catalog.cases.estimates.ceilings import all_figures
from catalog.cases.estimates.estimate import as_text, estimate
from catalog.cases.estimates.forms import EstimateForm
from catalog.cases.estimates.measures import Measure
from catalog.cases.estimates.numbers import NAPKIN_MATH, NUMBERS
from catalog.cases.estimates.presets import preset_links
from catalog.dependencies import CATALOG
from playbook.http import HttpRequest
from playbook.rendering.fragments import cached_fragments
from playbook.rendering.pages import Viewed, requested_fragment, shared_page
from playbook.rendering.shared_pages import Content

FRAGMENTS = ("results",)


@require_safe
@shared_page("estimates/estimates.html", depends_on=(CATALOG,), fragments=FRAGMENTS)
def estimates(request: HttpRequest) -> Viewed:
    form = EstimateForm(request.GET)
    has_bad_values = form.has_refused_values
    if not request.htmx and not has_bad_values and request.get_full_path() != form.address:
        return HttpResponseRedirect(form.address)
    answers = estimate(form.inputs, figures=form.significant_figures)
    practice = form.cleaned_data.get("practice")
    context = {
        "form": form,
        "estimate": answers,
        "peak_reads": answers.of(Measure.PEAK_READS),
        "peak_writes": answers.of(Measure.PEAK_WRITES),
        "stored": answers.of(Measure.STORED),
        "estimate_text": as_text(answers),
        "presets": preset_links(request.snapshot, form),
        "practice": practice,
        "actions": actions.with_practice if practice else [],
        "canonical": form.canonical,
        "reference": reference(request),
        "fragment": requested_fragment(request, FRAGMENTS),
    }
    # Typing replaces the address, so that Back leaves the page.
    return Content(context, {"HX-Replace-Url": form.address} if request.htmx else {})


def reference(request: HttpRequest) -> str:
    """Render the tables below the estimate, which are the same on every page."""
    return cached_fragments(request)(
        "estimates/includes/reference.html",
        ceilings=all_figures(),
        numbers=NUMBERS,
        napkin_math=NAPKIN_MATH,
    )
