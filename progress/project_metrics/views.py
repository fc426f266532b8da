from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import snapshot
from playbook.http import HttpRequest
from playbook.pages import ONCE
from progress.project_metrics import figures
from progress.project_metrics.models import RepositoryFigures, Summary

INCLUDES = "project_metrics/includes"


@require_safe
def project_metrics(request: HttpRequest) -> HttpResponse:
    public = snapshot.recent()  # An editor's own would have the drafts.
    summary = Summary.objects.first()
    repository = None
    if settings.METRICS_REPOSITORY:
        named = RepositoryFigures.objects.filter(name=settings.METRICS_REPOSITORY)
        repository = named.first()
    counted = public.keep("metrics", figures.of_playbook)
    context = {
        "playbook": public.piece(f"{INCLUDES}/playbook.html", playbook=counted),
        "summary": summary,
        "most_finished": public.piece(
            f"{INCLUDES}/most-finished.html", rows=figures.most_finished(public, summary)
        ),
        "visitors": public.piece(f"{INCLUDES}/visitors.html", visitors=figures.of_visitors()),
        "repository": repository,
    }
    response = render(request, "project_metrics/project_metrics.html", context)
    response["Cache-Control"] = ONCE
    return response
