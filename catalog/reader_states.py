"""The states that a reader can give an article, as the app that keeps them registers them."""

from django.utils.functional import Promise

choices: dict[str, str | Promise] = {}
"""Label by value, in the order in which a filter offers them."""
