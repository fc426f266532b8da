"""Show the site as learners would see it after a change that is not applied yet.

The change is stored in a transaction, read, and rolled back. The links of a page stay in the
preview.
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

from catalog.catalog_data import CatalogData
from catalog.models import Article
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.planning import plan
from catalog.playbook_file.revisions.store import store
from catalog.snapshot import CatalogSnapshot, read_ahead
from catalog.stored_catalog import stored

LINK_PATTERN = re.compile(
    r'\b(href|hx-get|action|formaction)="/((?:articles|sections|layers)/[^"]*|\?[^"]*|)"'
)
"""A link to a page of the catalogue, or to the view that sets a state."""


def with_revision(revision: Revision) -> tuple[CatalogData, CatalogData]:
    made = plan(revision).merge
    return made.before, made.after


def with_published(article: Article) -> tuple[CatalogData, CatalogData]:
    """Return the catalogue before and after the article gets the first status that counts."""
    now = stored()
    row = now.articles[str(article.uuid)]
    counting = [status for status in now.statuses.values() if status.is_countable]
    status = min(counting, key=lambda status: status.number, default=now.statuses[row.status])
    published = replace(row, status=status.slug, is_retired=False)
    return now, replace(now, articles={**now.articles, row.uuid: published})


def show(
    request: HttpRequest,
    change: Callable[[], tuple[CatalogData, CatalogData]],
    root: str,
    rest: str,
) -> HttpResponse:
    """Render the catalogue page at `rest` under `root`; redirect to the site for any other page."""
    if request.method not in {"GET", "HEAD"}:
        reason = _("This is a preview.")
        return render(request, "409.html", {"reason": reason}, status=409)
    match = resolve(f"/{rest}")
    if match.app_name != "catalog":
        query = f"?{request.META['QUERY_STRING']}" if request.META["QUERY_STRING"] else ""
        return HttpResponseRedirect(f"/{rest}{query}")
    snapshot = _snapshot(*change())
    reader = cast(Any, request)
    reader.snapshot = reader.progress.snapshot = snapshot
    messages.info(
        request, _("This is a preview. Learners do not see it yet, and marks are not saved.")
    )
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    response.content = LINK_PATTERN.sub(rf'\1="{root}\2"', response.content.decode()).encode()
    return response


def _snapshot(before: CatalogData, after: CatalogData) -> CatalogSnapshot:
    with transaction.atomic():
        store(before, after)
        snapshot = CatalogSnapshot(f"preview-{token_hex(8)}", with_drafts=False)
        for read in read_ahead:
            read(snapshot)
        transaction.set_rollback(True)
    return snapshot
