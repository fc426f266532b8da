"""Give each article the keys that its addresses have by the rules of ADR 45.

Keys are only added: the old ones stay and keep finding their article, also for the release before
this one, so there is nothing to reverse. A key that another article has stays there, so no two
articles are joined.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from w3lib.url import canonicalize_url, url_query_cleaner

from catalog.identity import url_key

BATCH = 500
TRACKING = ("source", "gi", "sk", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "ref")
MEDIUM = re.compile(r"(?:^|\.)(?:medium|gitconnected)\.com$")
MEDIUM_POST_ID = re.compile(r"(?:^|-)([0-9a-f]{8,12})$")
POST_ID = re.compile(r"-((?=[0-9]*[a-f])[0-9a-f]{12})$")


def add_keys(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    alias = apps.get_model("catalog", "Alias")
    aliases = alias._default_manager.using(database)
    held: dict[str, int] = dict(aliases.values_list("key", "article_id"))
    articles = apps.get_model("catalog", "Article")._default_manager.using(database)
    kept = dict(articles.exclude(merged_into=None).values_list("pk", "merged_into_id"))
    added = {}
    for pk, url in _addresses(apps, database):
        try:
            old, new = _old_key(url), url_key(url)
        except ValueError:  # an address that a form would refuse
            continue
        article = kept.get(pk, pk)
        if held.get(old) == article and new not in held:
            held[new] = added[new] = article
    rows = [alias(article_id=article, key=key) for key, article in added.items()]
    aliases.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _addresses(apps: Apps, database: str) -> Iterator[tuple[int, str]]:
    """Yield the present addresses of articles, the listed ones first, then the former ones."""

    def manager(name: str) -> Any:
        return apps.get_model("catalog", name)._default_manager.using(database).exclude(url="")

    current = manager("Article").order_by("pk")
    yield from current.filter(retired_at=None).values_list("pk", "url")
    yield from current.exclude(retired_at=None).values_list("pk", "url")
    former = manager("HistoricalArticle").order_by("-history_date", "-history_id")
    yield from former.values_list("id", "url").iterator(chunk_size=BATCH)


def _old_key(url: str) -> str:
    """Return the key that the address had by the rules before."""
    names = {pair.partition("=")[0] for pair in urlsplit(url).query.split("&")}
    tracking = [*TRACKING, *(name for name in names if name.startswith("utm_"))]
    parts = urlsplit(
        url_query_cleaner(canonicalize_url(url.strip()), tracking, remove=True, unique=False)
    )
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/")
    pattern = MEDIUM_POST_ID if MEDIUM.search(host) else POST_ID
    if found := pattern.search(path.rpartition("/")[2]):
        return f"medium:{found[1]}"
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    query = f"?{parts.query}" if parts.query else ""
    key = f"url:{host}{port}{path}{query}"
    return key if len(key) <= 255 else f"url:sha256:{sha256(key.encode()).hexdigest()}"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_wording")]

    operations = [migrations.RunPython(add_keys, migrations.RunPython.noop)]
