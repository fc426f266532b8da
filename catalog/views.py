from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.filters import EntryFilterForm, chosen_layers
from catalog.models import Article, Entry, Layer, Section
from catalog.roadmap import bands_of, journey_parts, rows_of, shown_parts, tables_of
from playbook.http import HttpRequest, render_page


@require_safe
def roadmap(request: HttpRequest) -> HttpResponse:
    layers = list(Layer.objects.all())
    chosen, ignored = chosen_layers(request.GET, layers)
    entries = Entry.objects.visible_to(request.user).filter(section__layer__in=chosen)
    tables = tables_of(
        Section.objects.listed().in_journey_order(),
        entries.with_place().in_journey_order(),
        request.progress,
    )
    journey = bands_of(layers, tables, request.progress)
    bands = [band for band in journey if band.layer in chosen]
    context = {
        "journey": journey,
        "section_count": len(tables),
        "bands": bands,
        "shown": ["overall", *journey_parts(journey), *shown_parts(bands)],
        "chosen": chosen,
        "is_filtered": len(chosen) < len(layers),
        "ignored": ignored,
    }
    return render_page(request, "catalog/roadmap.html", context, fragments=["playbook"])


@require_safe
def entry_list(request: HttpRequest) -> HttpResponse:
    form = EntryFilterForm(request.GET, progress=request.progress, user=request.user)
    visible = Entry.objects.visible_to(request.user)
    entries = form.apply(visible)
    page = form.page_of(entries.with_place())
    address = form.address(page=page.number)
    if not request.htmx and not form.ignored and request.get_full_path() != address:
        return HttpResponseRedirect(address)
    rows = rows_of(page, request.progress)
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "address": address,
        "shown": shown_parts(rows),
        "sizes": entries.sizes(),
        "ways_out": [] if rows else form.ways_out(visible),
    }
    fragments = ["results", "filtered", "result-count"]
    response = render_page(request, "catalog/entry_list.html", context, fragments=fragments)
    if request.htmx and request.htmx.target != "result-count":
        response["HX-Push-Url"] = address
    return response


@require_safe
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    articles = Article.objects.visible_to(request.user).select_related("status")
    article = get_object_or_404(articles, slug=slug)
    visible = Entry.objects.visible_to(request.user)
    before, after = visible.neighbours(article)
    context = {
        "article": article,
        "entries": list(visible.filter(article=article).with_place().in_journey_order()),
        "shown": ["article-state"],
        "state": request.progress.state_of(article.pk),
        "history": request.progress.history(article),
        "before": before,
        "after": after,
    }
    return render(request, "catalog/article_detail.html", context)


@require_safe
def section_detail(request: HttpRequest, slug: str) -> HttpResponse:
    section = get_object_or_404(Section.objects.listed().select_related("layer"), slug=slug)
    entries = Entry.objects.visible_to(request.user).filter(section=section)
    tables = tables_of([section], entries.with_place().in_journey_order(), request.progress)
    context = {"table": tables[0], "shown": tables[0].shown}
    return render(request, "catalog/section_detail.html", context)


@require_safe
def layer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    layer = get_object_or_404(Layer, slug=slug)
    entries = Entry.objects.visible_to(request.user).filter(section__layer=layer)
    tables = tables_of(
        layer.sections.listed().in_journey_order(),
        entries.with_place().in_journey_order(),
        request.progress,
    )
    band = bands_of([layer], tables, request.progress)[0]
    return render(request, "catalog/layer_detail.html", {"band": band, "shown": band.shown})
