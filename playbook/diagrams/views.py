from http import HTTPStatus

from allauth.core.internal.ratelimit import get_ip
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from playbook.diagrams.preview_limits import TooManyPreviews, limits
from playbook.diagrams.tags import DrawnText
from playbook.http import HttpRequest


@require_POST
@sensitive_post_parameters()
@never_cache
def preview(request: HttpRequest) -> HttpResponse:
    """Draw a text that is being typed. Nothing is stored, and the database is not asked.

    `field` is the name of the parameter with the text, since the text area has one of its own.
    """
    text = request.POST.get(request.POST.get("field", "text"), "")
    try:
        with limits.turn_of(get_ip(request)):
            drawn = DrawnText.of(text, request.POST.get("label", ""))
    except TooManyPreviews:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "2"})
    if not request.htmx.target:
        return render(request, "diagrams/diagram.html", {"drawn": drawn})
    context = {"drawn": drawn, "id": request.htmx.target}
    return render(request, "diagrams/replaced.html", context)
