"""Compare the values of an article with those that a correction suggests."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.history.field_changes import ChangeKind, FieldChange
from catalog.models import Article
from catalog.suggestions.models import Suggestion


@dataclass(frozen=True)
class ProposedChange:
    name: str
    current: str
    proposed: str
    """Empty if the suggestion does not change it."""

    @property
    def words(self) -> list[tuple[str, str]]:
        """The comparison by word: pairs of `same`, `old` or `new`, and text."""
        return FieldChange(ChangeKind.RENAMED, self.current, self.proposed).words


def proposed_changes(suggestion: Suggestion) -> list[ProposedChange]:
    """Return the fields of a correction that waits for a decision, changed or not."""
    article = suggestion.article
    if not suggestion.is_correction or suggestion.is_decided or article is None:
        return []
    return [
        ProposedChange(_("Title"), article.title, different(suggestion.title, article.title)),
        ProposedChange(_("Link"), article.url, different(suggestion.url, article.url)),
        sections_change(suggestion, article),
    ]


def different(proposed: str, current: str) -> str:
    return proposed if proposed != current else ""


def sections_change(suggestion: Suggestion, article: Article) -> ProposedChange:
    """Compare the sections. A suggested one is added to those that list the article."""
    current = article.entries.filter(retired_at=None, section__retired_at=None)
    titles = list(dict.fromkeys(current.values_list("section__title", flat=True)))
    section = suggestion.section
    is_added = section is not None and not section.is_retired and section.title not in titles
    proposed = [*titles, section.title] if section and is_added else []
    return ProposedChange(_("Sections"), ", ".join(titles), ", ".join(proposed))
