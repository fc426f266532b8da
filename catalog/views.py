from django.http import (
    Http404,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    QueryDict,
)
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from catalog import reader_filters
from catalog.dependencies import CATALOG
from catalog.filters import EntryFilterForm, filters_in, result_counts
from catalog.history.article_history import article_history_of
from catalog.roadmap import bands_of, chosen_layers, folded, layer_tabs, tables_of
from playbook.http import HttpRequest
from playbook.rendering.dependencies import DAY, TIME_ZONE
from playbook.rendering.pages import Viewed, personal_page, requested_fragment, shared_page
from playbook.rendering.shared_pages import Content

ENTRY_LIST = "catalog/entry_list.html"
ENTRY_LIST_FRAGMENTS = ("results", "filtered", *(COUNTS := ("result-count", "choices-state")))


@require_safe
@shared_page("catalog/roadmap.html", depends_on=(CATALOG,), fragments=["playbook"])
def roadmap(request: HttpRequest) -> Viewed:
    journey = bands_of(request.snapshot)
    chosen, ignored = chosen_layers(request.GET, request.snapshot.layers)
    bands = [band for band in journey if band.layer in chosen]
    return {
        "journey": journey,
        "section_count": len(request.snapshot.sections),
        "bands": folded(bands),
        "tabs": layer_tabs(request.path, request.snapshot.layers, chosen),
        "chosen": chosen,
        "is_filtered": len(bands) < len(journey),
        "ignored": ignored,
    }


@require_safe
def entry_list(request: HttpRequest) -> HttpResponse:
    """Show the filtered table. Some filters depend on the reader, and so does their result."""
    is_personal = any(any(request.GET.getlist(name)) for name in reader_filters.registered)
    response = personal_entry_list(request) if is_personal else shared_entry_list(request)
    return replacing_while_searching(request, response)


def replacing_while_searching(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Replace the address instead of pushing it, while only the words of a search change."""
    # A cache needs the same header on every variant of the page.
    patch_vary_headers(response, ["HX-Current-URL"])
    if response.has_header("HX-Push-Url") and only_continues_search(request):
        # Back leads to the table from before the search, not through every pause in typing.
        response["HX-Replace-Url"] = response["HX-Push-Url"]
        del response["HX-Push-Url"]
    return response


def only_continues_search(request: HttpRequest) -> bool:
    """Return whether the page showed a search already, and only its words change."""
    before = QueryDict((request.htmx.current_url or "").partition("?")[2])
    has_search = bool(before.get("q") and request.GET.get("q"))
    return has_search and filters_in(before) == filters_in(request.GET)


@shared_page(ENTRY_LIST, depends_on=(CATALOG,), fragments=ENTRY_LIST_FRAGMENTS)
def shared_entry_list(request: HttpRequest) -> Viewed:
    return filtered(request, EntryFilterForm(request.GET, snapshot=request.snapshot))


@personal_page(ENTRY_LIST, depends_on=(CATALOG,), fragments=ENTRY_LIST_FRAGMENTS)
def personal_entry_list(request: HttpRequest) -> Viewed:
    form = EntryFilterForm(request.GET, snapshot=request.snapshot, progress=request.progress)
    return filtered(request, form)


def filtered(request: HttpRequest, form: EntryFilterForm) -> Viewed:
    found = form.apply()
    page = form.page_of(found)
    address = form.address(page=page.number)
    if not request.htmx and not form.ignored and request.get_full_path() != address:
        return HttpResponseRedirect(address)
    entries = [indexed.entry for indexed in page]
    fragment = requested_fragment(request, ENTRY_LIST_FRAGMENTS)
    context = {
        "form": form,
        "page": page,
        "entries": entries,
        "canonical": address,
        "result_counts": result_counts(found),
        "filters_to_drop": [] if entries else form.filters_to_drop(),
        "fragment": fragment,
    }
    pushes_url = request.htmx and fragment not in COUNTS
    return Content(context, {"HX-Push-Url": address} if pushes_url else {})


@require_safe
@shared_page("catalog/article_detail.html", depends_on=(CATALOG, DAY, TIME_ZONE))
def article_detail(request: HttpRequest, slug: str) -> Viewed:
    article = request.snapshot.article(slug)
    if article.slug != slug:
        return HttpResponsePermanentRedirect(article.get_absolute_url())
    previous, following = request.snapshot.neighbours(article)
    entries = request.snapshot.entries_of(article.pk)
    if article.is_retired:
        entries = article_history_of(request.snapshot).last_places(article)
    return {
        "article": article,
        "entries": entries,
        "can_edit": request.snapshot.with_drafts,
        "before": previous,
        "after": following,
    }


@require_safe
@shared_page("catalog/section_detail.html", depends_on=(CATALOG,))
def section_detail(request: HttpRequest, slug: str) -> Viewed:
    tables = (table for table in tables_of(request.snapshot) if table.section.slug == slug)
    if not (table := next(tables, None)):
        raise Http404
    return {"table": table}


@require_safe
@shared_page("catalog/layer_detail.html", depends_on=(CATALOG,))
def layer_detail(request: HttpRequest, slug: str) -> Viewed:
    bands = (band for band in bands_of(request.snapshot) if band.layer.slug == slug)
    if not (band := next(bands, None)):
        raise Http404
    (band,) = folded([band])
    return {"band": band}
