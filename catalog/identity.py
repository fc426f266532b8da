"""Compute the identity keys by which an article is recognised when its title or link changes.

The keys are described in docs/architecture.md, "What an article is".
"""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

KEY_MAX_LENGTH = 255

# Each of these names belongs to one tracker. Elsewhere a shorter name can choose the page.
TRACKING_PARAMETERS = ("fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid")
TRACKING_PREFIX = "utm_"
MEDIUM_PARAMETERS = ("source", "gi", "sk")
# These open an article that is otherwise behind a paywall. A link keeps them; a key does not.
OPENING_PARAMETERS = ("sk",)
MEDIUM_HOSTS = ("medium.com", "gitconnected.com")
MEDIUM_POST_ID = re.compile(r"(?:^|-)([0-9a-f]{8,12})$")
# On a domain that is not Medium's, twelve digits can be a date. A post id has a letter.
POST_ID = re.compile(r"-((?=[0-9]*[a-f])[0-9a-f]{12})$")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
# Pages that a script shows, such as “#/lesson-1” and “#!lesson-1”. Any other fragment is a place
# in a page.
ROUTE = re.compile(r"[/!]")


def url_key(url: str) -> str:
    """Return the key of a link.

    It is `medium:283c9eed430c` for a Medium post, otherwise `url:example.org/path?query#/route`.
    """
    canonical = canonicalize_url(url.strip(), keep_fragments=True)
    if "?" in canonical:  # Most addresses have no parameters to look at.
        canonical = _without_parameters(canonical, _tracking_parameters(canonical))
    parts = urlsplit(canonical)
    host, path = host_of(canonical), parts.path.rstrip("/")
    if post_id := _medium_post_id(host, path):
        return f"medium:{post_id}"
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    query = f"?{parts.query}" if parts.query else ""
    return _bounded(f"url:{host}{port}{path}{query}{_route(parts.fragment)}")


def host_of(url: str) -> str:
    """Return the host of a link in lower case, without `www.` and without a dot at its end."""
    return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")


def without_tracking(url: str) -> str:
    """Return a link without its tracking parameters.

    A link whose key would change without them is returned unchanged.
    """
    names = [name for name in _tracking_parameters(url) if name not in OPENING_PARAMETERS]
    cleaned = _without_parameters(url, names)
    return cleaned if url_key(cleaned) == url_key(url) else url


def title_key(title: str) -> str:
    """Return the key of a title, such as `title:fan out on write`."""
    return _bounded(f"title:{folded(title)}")


def folded(text: str) -> str:
    """Return the letters and digits of a text, with case, width and spacing folded.

    A text that has neither is only folded.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = re.sub(r"[\W_]+", " ", plain).strip()
    return words or plain.strip()


def _medium_post_id(host: str, path: str) -> str | None:
    name = path.rpartition("/")[2]
    found = (MEDIUM_POST_ID if _is_medium(host) else POST_ID).search(name)
    return found[1] if found and not UUID.search(name) else None


def _is_medium(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in MEDIUM_HOSTS)


def _route(fragment: str) -> str:
    """Return the fragment if it chooses a page, else an empty string."""
    route = fragment.rstrip("/")
    return f"#{route}" if ROUTE.match(route) and route != "!" else ""


def _tracking_parameters(url: str) -> list[str]:
    """Return the names of the parameters that are known to be for tracking on this host."""
    parts, host = urlsplit(url), host_of(url)
    names = {pair.partition("=")[0] for pair in parts.query.split("&")}
    is_medium = _is_medium(host) or _medium_post_id(host, parts.path.rstrip("/"))
    medium = MEDIUM_PARAMETERS if is_medium else ()
    prefixed = [name for name in names if name.startswith(TRACKING_PREFIX)]
    return [*TRACKING_PARAMETERS, *medium, *prefixed]


def _without_parameters(url: str, names: Sequence[str]) -> str:
    return url_query_cleaner(url, names, remove=True, unique=False, keep_fragments=True)


def _bounded(key: str) -> str:
    """Return the key, or its hash if it is too long for the column and its index."""
    if len(key) <= KEY_MAX_LENGTH:
        return key
    kind = key.partition(":")[0]
    return f"{kind}:sha256:{sha256(key.encode()).hexdigest()}"
