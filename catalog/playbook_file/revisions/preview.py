"""The site as learners would see it with a change that nobody made yet.

The change is made in a transaction, read, and rolled back; links of the page stay in the preview.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _

from catalog.catalog_data import CatalogData, stored
from catalog.models import Article
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.planning import plan
from catalog.playbook_file.revisions.store import store
from catalog.snapshot import CatalogSnapshot

LINK = re.compile(
    r'\b(href|hx-get|action|formaction)="/((?:articles|sections|layers)/[^"]*|\?[^"]*|)"'
)
"""To a page of the catalogue, or to what marks an article."""


def with_revision(revision: Revision) -> tuple[CatalogData, CatalogData]:
    made = plan(revision).merge
    return made.before, made.after


def with_published(article: Article) -> tuple[CatalogData, CatalogData]:
    """With the status that counts and comes first; as it is where there is none."""
    now = stored()
    row = now.articles[str(article.uuid)]
    counting = [status for status in now.statuses.values() if status.is_countable]
    status = min(counting, key=lambda status: status.number, default=now.statuses[row.status])
    published = replace(row, status=status.slug, is_retired=False)
    return now, replace(now, articles={**now.articles, row.uuid: published})


def show(
    request: HttpRequest, tried: Callable[[], tuple[CatalogData, CatalogData]], root: str, rest: str
) -> HttpResponse:
    """The page of the site at `rest`, under `root`; what is no page of the catalogue is outside."""
    if request.method not in {"GET", "HEAD"}:
        reason = _("This is a preview: nothing was changed.")
        return render(request, "409.html", {"reason": reason}, status=409)
    match = resolve(f"/{rest}")
    if match.app_name != "catalog":
        query = f"?{request.META['QUERY_STRING']}" if request.META["QUERY_STRING"] else ""
        return HttpResponseRedirect(f"/{rest}{query}")
    snapshot = _snapshot(*tried())
    reader = cast(Any, request)
    reader.snapshot = reader.progress.snapshot = snapshot
    messages.info(request, _("A preview: learners do not see this yet, and marks are not kept."))
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    response.content = LINK.sub(rf'\1="{root}\2"', response.content.decode()).encode()
    return response


def _snapshot(before: CatalogData, after: CatalogData) -> CatalogSnapshot:
    with transaction.atomic():
        store(before, after)
        snapshot = CatalogSnapshot(f"preview-{token_hex(8)}", with_drafts=False)
        transaction.set_rollback(True)
    return snapshot
