from datetime import UTC, datetime
from typing import cast

from django.contrib.syndication.views import Feed
from django.http import HttpRequest as DjangoHttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from catalog.playbook_file.revisions.public_changes import PublicUpdate, public_updates
from catalog.snapshot import CatalogSnapshot
from playbook.http import HttpRequest, full_address


class ChangesFeed(Feed[PublicUpdate, CatalogSnapshot]):
    feed_type = Atom1Feed
    title = gettext_lazy("System Design Playbook: what changed")
    subtitle = gettext_lazy("New, changed, moved and retired articles.")

    def get_object(
        self, request: DjangoHttpRequest, *args: object, **kwargs: object
    ) -> CatalogSnapshot:
        return cast(HttpRequest, request).snapshot

    def link(self) -> str:
        return full_address(reverse("playbook_file:change_list"))

    def feed_url(self) -> str:
        return full_address(reverse("playbook_file:changes_feed"))

    def items(self, snapshot: CatalogSnapshot) -> list[PublicUpdate]:
        return public_updates(snapshot)

    def item_title(self, item: PublicUpdate) -> str:
        day = date_format(localtime(item.changed_at, UTC), "DATE_FORMAT")
        return f"{day}: {item.summary}"

    def item_description(self, item: PublicUpdate) -> str:
        return render_to_string("playbook_file/includes/feed-entry.html", {"update": item})

    def item_link(self, item: PublicUpdate) -> str:
        return f"{self.link()}#{item.anchor}"

    def item_updateddate(self, item: PublicUpdate) -> datetime:
        return item.changed_at

    def item_pubdate(self, item: PublicUpdate) -> datetime:
        return self.item_updateddate(item)
