from datetime import UTC, datetime
from typing import cast

from django.contrib.syndication.views import Feed
from django.http import HttpRequest as DjangoHttpRequest
from django.template.loader import render_to_string
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from catalog.playbook_file.revisions.public_changes import PublicRevision, public_revisions
from catalog.snapshot import CatalogSnapshot
from playbook.http import HttpRequest


class ChangesFeed(Feed[PublicRevision, CatalogSnapshot]):
    feed_type = Atom1Feed
    title = gettext_lazy("System Design Playbook: what changed")
    subtitle = gettext_lazy("New, changed and retired articles, by revision.")
    link = reverse_lazy("playbook_file:change_list")

    def get_object(
        self, request: DjangoHttpRequest, *args: object, **kwargs: object
    ) -> CatalogSnapshot:
        return cast(HttpRequest, request).snapshot

    def items(self, snapshot: CatalogSnapshot) -> list[PublicRevision]:
        return public_revisions(snapshot)

    def item_title(self, item: PublicRevision) -> str:
        day = date_format(localtime(item.applied_at, UTC), "DATE_FORMAT")
        return f"{day}: {item.summary}"

    def item_description(self, item: PublicRevision) -> str:
        return render_to_string("playbook_file/includes/feed-entry.html", {"revision": item})

    def item_link(self, item: PublicRevision) -> str:
        return f"{reverse('playbook_file:change_list')}#revision-{item.number}"

    def item_updateddate(self, item: PublicRevision) -> datetime:
        return item.applied_at

    def item_pubdate(self, item: PublicRevision) -> datetime:
        return self.item_updateddate(item)
