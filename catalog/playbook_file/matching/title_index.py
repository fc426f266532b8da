"""Find the articles whose titles are similar to that of a row."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz

from catalog.catalog_data import CatalogData
from catalog.identity import folded
from catalog.playbook_file.reading.parsed_file import FileRow
from catalog.similarity import ALIKE

CANDIDATES = 3
RARE_WORDS = 3
"""Only titles that share one of this many rarest words are compared. At 10,000 articles, comparing
all titles would take a hundred million comparisons."""
SHARED_AT_MOST = 200
"""The most titles to compare for one word: a more frequent word does not tell titles apart."""


class TitleIndex:
    def __init__(self, catalogue: CatalogData, articles: Iterable[str]) -> None:
        """Index the articles, given by UUID. Articles of equal score are offered in this order."""
        self.titles: list[tuple[str, str]] = []
        self.with_word: dict[str, list[int]] = defaultdict(list)
        for article in articles:
            listed = [entry.title for entry in catalogue.listed.get(article, ())]
            for title in dict.fromkeys(map(folded, [catalogue.articles[article].title, *listed])):
                for word in set(title.split()):
                    self.with_word[word].append(len(self.titles))
                self.titles.append((title, article))

    def similar_to(self, rows: Iterable[FileRow]) -> list[str]:
        """Return the UUIDs of at most `CANDIDATES` articles, the most similar first."""
        scores: Counter[str] = Counter()
        for title in {folded(row.title) for row in rows}:
            for number in self._near(title):
                other, article = self.titles[number]
                if score := fuzz.token_set_ratio(title, other, score_cutoff=ALIKE):
                    # Of two titles with all the words, the one of similar length comes first.
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
