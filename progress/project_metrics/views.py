from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import snapshot
from catalog.dependencies import CATALOG
from playbook.http import NEVER_STORED, HttpRequest
from playbook.rendering.fragments import CachedFragments
from progress.project_metrics import figures
from progress.project_metrics.models import RepositoryFigures, Summary

INCLUDES = "project_metrics/includes"


@require_safe
def project_metrics(request: HttpRequest) -> HttpResponse:
    public = snapshot.recent()  # An editor's own snapshot has drafts.
    summary = Summary.objects.first()
    repository = None
    if settings.METRICS_REPOSITORY:
        named = RepositoryFigures.objects.filter(name=settings.METRICS_REPOSITORY)
        repository = named.first()
    counted = public.derive("metrics", figures.of_playbook)
    render_cached = CachedFragments(public.rendered, (CATALOG,), (public.key,))
    context = {
        "playbook": render_cached(f"{INCLUDES}/playbook.html", playbook=counted),
        "summary": summary,
        "most_finished": render_cached(
            f"{INCLUDES}/most-finished.html", rows=figures.most_finished(public, summary)
        ),
        "visitors": render_cached(f"{INCLUDES}/visitors.html", visitors=figures.of_visitors()),
        "repository": repository,
    }
    response = render(request, "project_metrics/project_metrics.html", context)
    response["Cache-Control"] = NEVER_STORED
    return response
