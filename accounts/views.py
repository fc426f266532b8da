from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from playbook.http import HttpRequest, THEMES, safe_next


@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Remembers the colour scheme in a cookie, so that the first byte of a page knows it."""
    response = HttpResponseRedirect(safe_next(request, default="/"))
    theme = request.POST.get("theme")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=365 * 24 * 60 * 60, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme")
    return response


def preferences_edit(request): ...
def account_delete(request): ...
