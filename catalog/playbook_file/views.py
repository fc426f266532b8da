from dataclasses import replace

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from catalog.dependencies import CATALOG
from catalog.playbook_file.revisions.public_changes import public_updates
from catalog.playbook_file.writing.formats import FORMATS, public, write
from catalog.snapshot import CatalogSnapshot
from catalog.stored_catalog import stored
from playbook.http import HttpRequest
from playbook.rendering.pages import Viewed, shared_file, shared_page


@require_safe
@shared_file(depends_on=(CATALOG,))
def playbook_file(request: HttpRequest) -> HttpResponse:
    """Send the public playbook as a Markdown file."""

    def written(snapshot: CatalogSnapshot) -> str:
        return write(public(stored()), "markdown")

    text = request.snapshot.derive("playbook_file", written)
    return HttpResponse(text, content_type=FORMATS["markdown"][0])


@require_safe
@shared_page("playbook_file/change_list.html", depends_on=(CATALOG,))
def change_list(request: HttpRequest) -> Viewed:
    """List what changed, by revision, and by day for hand edits; or the whole of one update."""
    updates = public_updates(request.snapshot)
    anchor = request.GET.get("update")
    chosen = [replace(update, is_whole=True) for update in updates if update.anchor == anchor]
    return {"updates": chosen or updates, "is_one": bool(chosen)}
