"""Suggestions that the page for merging two articles links to."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.admin.related import Related, RelatedRow, register
from catalog.models import Article
from catalog.suggestions.models import Suggestion
from catalog.suggestions.querysets import SuggestionQuerySet

OFFERED = 10
"""The number of suggestions that one list names."""


def rows(suggestions: SuggestionQuerySet) -> Iterator[RelatedRow]:
    for suggestion in suggestions.select_related("article", "learner").newest_first()[:OFFERED]:
        title = _("“%(title)s”, suggested by %(learner)s: %(decision)s") % {
            "title": suggestion,
            "learner": suggestion.learner.get_username(),
            "decision": suggestion.get_decision_display(),
        }
        address = reverse("admin:suggestions_suggestion_change", args=[suggestion.pk])
        yield RelatedRow(title, address)


def about(article: Article) -> Iterator[RelatedRow]:
    return rows(Suggestion.objects.filter(article=article))


def matching(term: str) -> Iterator[RelatedRow]:
    """Find suggestions with each word of the term in their title, address or notes."""
    suggestions = Suggestion.objects.all()
    for word in term.split():
        suggestions = suggestions.filter(
            Q(title__icontains=word)
            | Q(url__icontains=word)
            | Q(notes__icontains=word)
            | Q(article__title__icontains=word)
        )
    return rows(suggestions)


def register_all() -> None:
    register("suggestions", Related("suggestions.view_suggestion", about, matching))
