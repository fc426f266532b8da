from typing import Any

from django.http import (
    Http404,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.views.decorators.http import require_safe

from catalog.article_history import article_history_of
from catalog.filters import EntryFilterForm, chosen_layers, sizes
from catalog.roadmap import bands_of, journey_parts, shown_parts, shown_rows, tables_of
from playbook.http import HttpRequest
from playbook.pages import asked_fragment, render_own, render_shared


@require_safe
def roadmap(request: HttpRequest) -> HttpResponse:
    def context() -> dict[str, Any]:
        journey = bands_of(request.snapshot)
        chosen, ignored = chosen_layers(request.GET, request.snapshot.layers)
        bands = [band for band in journey if band.layer in chosen]
        return {
            "journey": journey,
            "section_count": len(request.snapshot.sections),
            "bands": bands,
            "shown": ["overall", *journey_parts(journey), *shown_parts(bands)],
            "chosen": chosen,
            "is_filtered": len(bands) < len(journey),
            "ignored": ignored,
        }

    return render_shared(request, "catalog/roadmap.html", context, fragments=["playbook"])


@require_safe
def entry_list(request: HttpRequest) -> HttpResponse:
    form = EntryFilterForm(request.GET, snapshot=request.snapshot, progress=request.progress)
    places = form.apply()
    page = form.page_of(places)
    address = form.address(page=page.number)
    if not request.htmx and not form.ignored and request.get_full_path() != address:
        return HttpResponseRedirect(address)
    entries = [place.entry for place in page]
    fragments = ["results", "filtered", "result-count"]

    def context() -> dict[str, Any]:
        return {
            "form": form,
            "page": page,
            "entries": entries,
            "canonical": address,
            "shown": shown_rows(entries),
            "sizes": sizes(places),
            "ways_out": [] if entries else form.ways_out(),
            "is_alone": asked_fragment(request, fragments) == "result-count",
        }

    # What is in one of the reader's states is another table for every reader.
    render = render_own if form.values["state"] else render_shared
    response = render(request, "catalog/entry_list.html", context, fragments=fragments)
    if request.htmx and request.htmx.target != "result-count":
        response["HX-Push-Url"] = address
    return response


@require_safe
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    article = request.snapshot.article(slug)
    if article.slug != slug:
        return HttpResponsePermanentRedirect(article.get_absolute_url())

    def context() -> dict[str, Any]:
        before, after = request.snapshot.neighbours(article)
        entries = request.snapshot.entries_of(article.pk)
        if article.is_retired:
            entries = article_history_of(request.snapshot).last_places(article)
        return {
            "article": article,
            "entries": entries,
            "shown": ["article-state", "article-changes"],
            "before": before,
            "after": after,
        }

    return render_shared(request, "catalog/article_detail.html", context)


@require_safe
def section_detail(request: HttpRequest, slug: str) -> HttpResponse:
    tables = (table for table in tables_of(request.snapshot) if table.section.slug == slug)
    if not (table := next(tables, None)):
        raise Http404
    context = {"table": table, "shown": table.shown}
    return render_shared(request, "catalog/section_detail.html", lambda: context)


@require_safe
def layer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    bands = (band for band in bands_of(request.snapshot) if band.layer.slug == slug)
    if not (band := next(bands, None)):
        raise Http404
    context = {"band": band, "shown": band.shown}
    return render_shared(request, "catalog/layer_detail.html", lambda: context)
