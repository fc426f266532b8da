"""The sitemap of the public pages."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from catalog.models import Article, Layer, Section


class PlaybookSitemap(Sitemap[Any]):
    """All public pages, with the site's configured address."""

    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def items(self) -> list[Any]:
        return [
            reverse("catalog:roadmap"),
            reverse("catalog:entry_list"),
            reverse("suggestions:suggestion_add"),
            reverse("estimates:estimates"),
            reverse("prerequisites:map_detail"),
            *Layer.objects.all(),
            *Section.objects.listed(),
            *Article.objects.public().listed(),
        ]

    def location(self, item: Any) -> str:
        return item if isinstance(item, str) else item.get_absolute_url()

    def lastmod(self, item: Any) -> datetime | None:
        return item.updated_at if isinstance(item, Article) else None


SITEMAPS = {"playbook": PlaybookSitemap}
