"""Which articles a row's title is like."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz

from catalog.catalog_data import CatalogData
from catalog.identity import folded
from catalog.playbook_file.reading.parsed_file import FileRow
from catalog.similarity import ALIKE

CANDIDATES = 3
RARE_WORDS = 3
"""Only titles that share one of so many of the rarest words are compared: all of them with all of
them would be a hundred million at 10,000 articles."""
SHARED_AT_MOST = 200
"""A word that more titles have tells nothing."""


class TitleIndex:
    def __init__(self, catalogue: CatalogData, articles: Iterable[str]) -> None:
        """Among these articles, by UUID, in the order in which equal ones are offered."""
        self.titles: list[tuple[str, str]] = []
        self.with_word: dict[str, list[int]] = defaultdict(list)
        for article in articles:
            listed = [entry.title for entry in catalogue.listed.get(article, ())]
            for title in dict.fromkeys(map(folded, [catalogue.articles[article].title, *listed])):
                for word in set(title.split()):
                    self.with_word[word].append(len(self.titles))
                self.titles.append((title, article))

    def to(self, rows: Iterable[FileRow]) -> list[str]:
        """UUIDs, the most alike first, CANDIDATES at most."""
        scores: Counter[str] = Counter()
        for title in {folded(row.title) for row in rows}:
            for number in self._near(title):
                other, article = self.titles[number]
                if score := fuzz.token_set_ratio(title, other, score_cutoff=ALIKE):
                    # Of two that hold the same words the one that is as long comes first.
                    exact = fuzz.token_sort_ratio(title, other)
                    scores[article] = max(scores[article], int(100 * score + exact))
        order = sorted(scores, key=lambda article: -scores[article])
        return order[:CANDIDATES]

    def _near(self, title: str) -> list[int]:
        words = sorted(
            (word for word in set(title.split()) if word in self.with_word),
            key=lambda word: (len(self.with_word[word]), word),
        )
        near: dict[int, None] = {}
        for word in words[:RARE_WORDS]:
            near |= dict.fromkeys(self.with_word[word][:SHARED_AT_MOST])
        return list(near)
