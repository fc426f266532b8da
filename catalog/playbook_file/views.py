from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from catalog.playbook_file.catalogue import stored
from catalog.playbook_file.changes import public_revisions
from catalog.playbook_file.writer import FORMATS, public, write
from catalog.snapshot import CatalogSnapshot
from playbook.http import HttpRequest
from playbook.pages import FOR_EVERYBODY, render_shared


@require_safe
def playbook_file(request: HttpRequest) -> HttpResponse:
    """The playbook as a file, as everybody may see it."""

    def text_of(snapshot: CatalogSnapshot) -> str:
        return write(public(stored()), "markdown")

    response = HttpResponse(
        request.snapshot.keep("playbook_file", text_of), content_type=FORMATS["markdown"][0]
    )
    etag = f'"{request.snapshot.version}"'
    response["ETag"], response["Cache-Control"] = etag, FOR_EVERYBODY
    return get_conditional_response(request, etag, response=response) or response


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """What changed, by revision."""
    return render_shared(
        request,
        "playbook_file/change_list.html",
        lambda: {"revisions": public_revisions(request.snapshot)},
    )
