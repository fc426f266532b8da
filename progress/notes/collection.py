"""Everything a learner wrote about articles: notes, with key points beside them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

from accounts.models import User
from catalog.models import Article, Entry
from catalog.snapshot import CatalogSnapshot
from progress.models import Completion
from progress.notes.models import Note


@dataclass(frozen=True)
class WrittenArticle:
    """An article with the learner's note and key points, of which one can be missing."""

    article: Article
    is_public: bool
    entry: Entry | None
    """Its first place in the playbook."""
    note: Note | None
    completion: Completion | None

    @property
    def section_title(self) -> str:
        return self.entry.section.title if self.entry else ""

    @property
    def key_points(self) -> list[str]:
        return self.completion.points if self.completion else []

    @cached_property
    def link(self) -> str:
        """The address of what the article says; none while it is not public."""
        return self.article.url if self.is_public else ""


def texts_of(user: User) -> Mapping[int, str]:
    """Return what the learner wrote about each article, with its title, in two queries."""
    notes = Note.objects.for_user(user).written()
    texts = {pk: f"{title}\n{text}" for pk, title, text in _texts(notes, "text")}
    completions = Completion.objects.for_user(user).exclude(key_points="")
    for pk, title, points in _texts(completions, "key_points"):
        texts[pk] = f"{texts.get(pk, title)}\n{points}"
    return texts


def _texts(rows: QuerySet[Any], field: str) -> list[tuple[int, str, str]]:
    return list(rows.values_list("article_id", "article__title", field))


def written_articles(
    user: User, snapshot: CatalogSnapshot, article_ids: Collection[int]
) -> list[WrittenArticle]:
    """Return the articles in this order, in two queries."""
    own_notes = Note.objects.for_user(user).written().filter(article__in=article_ids)
    own_completions = Completion.objects.for_user(user).filter(article__in=article_ids)
    notes = {note.article_id: note for note in own_notes.with_article()}
    completions = {row.article_id: row for row in own_completions.with_article()}
    written = []
    for pk in article_ids:
        note, completion = notes.get(pk), completions.get(pk)
        row = note or completion
        assert row, "the article is one of those about which the learner wrote"
        entries = snapshot.entries_of(pk)
        written.append(
            WrittenArticle(
                article=row.article,
                is_public=pk in snapshot.by_pk,
                entry=entries[0] if entries else None,
                note=note,
                completion=completion,
            )
        )
    return written


def everything_of(user: User, snapshot: CatalogSnapshot) -> list[WrittenArticle]:
    """Return all that the learner wrote about, in the order of the journey."""
    return written_articles(user, snapshot, sorted(texts_of(user), key=snapshot.place_of))
