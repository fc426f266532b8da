"""A form field that takes an article by its title, which the browser completes while one types."""

import re
from collections import Counter
from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.identity import url_key
from catalog.models import Article
from catalog.querysets import ArticleQuerySet

DATALIST = "article-titles"
"""The id of the element with the titles, one for all fields of a page."""

WITH_SLUG = re.compile(r".* \[([-\w]+)\]")
TEXT_MAX_LENGTH = 2000
"""Links have at most this length. Databases refuse to search for much longer texts."""
OFFERED = 3
"""The number of similar titles that an error names."""


def titles(articles: ArticleQuerySet) -> list[str]:
    """Return what can be typed for each article: its title, with the slug if others have it too."""
    pairs = list(articles.order_by("title", "pk").values_list("title", "slug"))
    counts = Counter(title.casefold() for title, _slug in pairs)
    return [f"{title} [{slug}]" if counts[title.casefold()] > 1 else title for title, slug in pairs]


class ArticleInput(forms.TextInput):
    # The admin's wrapper, which adds the link to add an article, reads the choices of a select.
    choices: Any = ()

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {"list": DATALIST, "autocomplete": "off", "class": "vTextField"}
        super().__init__({**own, **(attrs or {})})


class ArticleField(forms.ModelChoiceField[Article]):
    """Accepts a title, a link, or a primary key, as the admin's pop-up sends it."""

    widget = ArticleInput
    default_error_messages = {
        "unknown": _("No article has this title. Choose one from the list, or add the article."),
        "similar": _("No article has this title. Similar ones: %(titles)s."),
        "ambiguous": _("Several articles have this title. Choose one: %(titles)s."),
    }

    def to_python(self, value: Any) -> Article | None:
        if not isinstance(value, str):
            return super().to_python(value)
        text = value.strip()
        if len(text) > TEXT_MAX_LENGTH or "\0" in text:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return self.article_of(text) if text else None

    def article_of(self, text: str) -> Article:
        for matching in self.matches(text):
            articles = list(matching.order_by("pk")[: OFFERED + 1])
            if len(articles) == 1:
                return articles[0]
            if articles:
                raise self.error("ambiguous", titles(matching))
        if similar := titles(self.articles.filter(title__icontains=text))[:OFFERED]:
            raise self.error("similar", similar)
        raise ValidationError(self.error_messages["unknown"], code="unknown")

    @property
    def articles(self) -> ArticleQuerySet:
        articles: Any = self.queryset
        return articles  # type: ignore[no-any-return]  # the stubs know a plain queryset

    def matches(self, text: str) -> list[ArticleQuerySet]:
        """Return the ways to read the text, the most literal first."""
        ways = [self.articles.filter(title__iexact=text)]
        if with_slug := WITH_SLUG.fullmatch(text):
            ways.append(self.articles.filter(slug=with_slug[1]))
        if text.isdecimal() and len(text) < 19:
            ways.append(self.articles.filter(pk=int(text)))
        if text.startswith(("http://", "https://")):
            with suppress(ValueError):  # Not every text is an address.
                ways.append(self.articles.filter(aliases__key=url_key(text)))
        return ways

    def error(self, code: str, choices: list[str]) -> ValidationError:
        quoted = gettext(", ").join(f"“{choice}”" for choice in choices)
        return ValidationError(self.error_messages[code], code=code, params={"titles": quoted})

    def prepare_value(self, value: Any) -> Any:
        """Show the title of a primary key that was sent instead of one."""
        if isinstance(value, str) and value.isdecimal() and len(value) < 19:
            article = self.articles.filter(pk=int(value)).first()
            return article.title if article else value
        return super().prepare_value(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            article = self.to_python(data)
        except ValidationError:
            return True
        return bool(initial != (article.pk if article else None))
