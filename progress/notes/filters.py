"""The filter of a learner's notes: that of the table, over the articles about which they wrote."""

from collections.abc import Collection, Mapping

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import cached_property

from catalog.active_filters import NO_VALUES, Values
from catalog.filters import EntryFilterForm
from catalog.search.bitmaps import Bitmap
from catalog.search.search_index import fold_text, searched_words
from catalog.snapshot import CatalogSnapshot
from playbook.http import Progress

PAGE_SIZE = 20


class NoteFilterForm(EntryFilterForm):
    """A search finds the words of notes and key points too, as they are typed."""

    url_name = "notes:note_list"

    def __init__(
        self,
        query: QueryDict,
        *,
        snapshot: CatalogSnapshot,
        progress: Progress,
        texts: Mapping[int, str],
    ) -> None:
        self.texts = texts
        super().__init__(query, snapshot=snapshot, progress=progress)

    @cached_property
    def folded(self) -> Mapping[int, str]:
        return {pk: fold_text(text) for pk, text in self.texts.items()}

    def matching(self, changed: Values = NO_VALUES) -> Bitmap:
        values = {**self.values, **changed}
        matching = super().matching({**values, "q": []}) & self.index.of_articles(self.texts)
        for text in values["q"]:
            for word in searched_words(text):
                matching &= self.index.search.find(word).all | self._noting(word)
        return matching

    def _noting(self, word: str) -> Bitmap:
        return self.index.of_articles(pk for pk, text in self.folded.items() if word in text)

    @property
    def exact(self) -> Bitmap:
        return self.index.everything

    def article_ids(self) -> list[int]:
        """Return the articles that match in the chosen order; those in no section come last."""
        listed = dict.fromkeys(entry.article_id for entry in self.apply())
        return [*listed, *self._unlisted()] if self.is_only_search else [*listed]

    def _unlisted(self) -> list[int]:
        words = [word for text in self.values["q"] for word in searched_words(text)]
        return [
            pk
            for pk in sorted(self._not_in_the_table)
            if all(word in self.folded[pk] for word in words)
        ]

    @cached_property
    def _not_in_the_table(self) -> Collection[int]:
        listed = {entry.article_id for entry in self.index.entries}
        return self.texts.keys() - listed

    def notes_page(self, article_ids: list[int]) -> Page[int]:
        """Return the requested page, or the last one if there are fewer."""
        return Paginator(article_ids, PAGE_SIZE).get_page(self.cleaned_data.get("page") or 1)
