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


def changes_nothing(changes: list[ProposedChange]) -> bool:
    """Return whether a waiting correction would leave its article as it is."""
    return bool(changes) and not any(change.proposed for change in changes)


def acceptance(suggestion: Suggestion, changes: list[ProposedChange]) -> str:
    """Return what accepting the suggestion without editing it does."""
    if suggestion.is_correction:
        names = _(", ").join(change.name for change in changes if change.proposed)
        return _("Accepting changes these fields of the article: %(names)s.") % {"names": names}
    section = suggestion.section
    if section is None or section.is_retired:
        return _("Accepting creates the article as a draft. It is listed in no section yet.")
    message = _("Accepting creates the article as a draft at the end of “%(section)s”.")
    return message % {"section": section.title}


def different(proposed: str, current: str) -> str:
    return proposed if proposed != current else ""


def sections_change(suggestion: Suggestion, article: Article) -> ProposedChange:
    """Compare the sections. A suggested one is added to those that list the article."""
    current = article.entries.filter(retired_at=None, section__retired_at=None)
    listed = dict(current.values_list("section_id", "section__title"))
    titles = list(dict.fromkeys(listed.values()))
    section = suggestion.section
    is_added = section is not None and not section.is_retired and section.pk not in listed
    proposed = [*titles, section.title] if section and is_added else []
    return ProposedChange(_("Sections"), ", ".join(titles), ", ".join(proposed))
