"""Actions on a result, which other apps register.

A template that is registered is included below the answers while the address has `practice=<uuid>`.
It gets `practice` (a UUID), `estimate_text` (the answers as lines of text) and `address`. The page
is rendered once for everybody, so the template shows nothing of a reader, or leaves a hole for it.
"""

with_practice: list[str] = []
"""The names of templates, which apps append in `AppConfig.ready()`."""
