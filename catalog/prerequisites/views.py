from django.views.decorators.http import require_safe

from catalog.dependencies import CATALOG
from catalog.prerequisites.map_layout import PlaybookMap
from playbook.http import HttpRequest
from playbook.rendering.pages import Viewed, shared_page

NEXT = "next"
"""The value of `show` that leaves only what the reader can read next."""


@require_safe
@shared_page("prerequisites/map_detail.html", depends_on=(CATALOG,))
def map_detail(request: HttpRequest) -> Viewed:
    """Show the prerequisites as a graph, and as a list with the same content."""
    playbook_map = PlaybookMap.of(request.snapshot)
    return {
        "map": playbook_map,
        "columns": playbook_map.columns,
        "paths": list(playbook_map.paths.values()),
        "only_next": request.GET.get("show") == NEXT,
    }
