"""Search texts for words, forgiving different spellings of a character and one typo in a word."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import cached_property
from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.search.bitmaps import Bitmap, bitmap_at, bitmap_of

FUZZY_MIN_LENGTH = 5
"""The letters of a word in which one typo is forgiven."""
CORRECTED_LENGTH = 3
"""The letters of a word from which a nearest word is offered."""
CORRECTED_TYPOS = 3
"""The typos by which a corrected word differs at most; of a short word one in three letters."""
SEARCHES_KEPT = 64

QUOTES_AND_PUNCTUATION = "\"'()[]{}<>.,;:!?\u201c\u201d\u201e\u00ab\u00bb\u2026"
WORD = re.compile(r"[^\W_]+")
ACCENTS = re.compile("[\u0300-\u036f]")
# What NFKD leaves as it is: apostrophes, hyphens and dashes, and characters that show nothing, such
# as the selector that makes an emoji of a symbol.
SAME_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4\u2032", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff", None),
    }
)


@lru_cache(500)  # The entries of a section share its name.
def fold(text: str) -> str:
    """Return `fold_text` of a short text of the catalogue or of an address."""
    return fold_text(text)


def fold_text(text: str) -> str:
    """Return a text so that different spellings are the same: case, accents, width, dashes."""
    if text.isascii():
        return text.lower()
    plain = text.translate(SAME_CHARACTERS)  # Before NFKD, which splits an acute accent.
    plain = unicodedata.normalize("NFKD", plain).translate(SAME_CHARACTERS).casefold()
    return unicodedata.normalize("NFC", ACCENTS.sub("", plain))


def spelled(text: str) -> str:
    """Return the text with each hyphenated word also as two words, and as one."""
    return "\n".join(dict.fromkeys([text, text.replace("-", " "), text.replace("-", "")]))


def searched_words(text: str) -> list[str]:
    """Return the words of a search without the punctuation around them, unless it is all."""
    words = fold(text).split()
    bare = [stripped for word in words if (stripped := word.strip(QUOTES_AND_PUNCTUATION))]
    return bare or words


@dataclass(frozen=True)
class Matches:
    """The entries that match a search: with every word as typed, and with typos forgiven."""

    exact: Bitmap
    all: Bitmap


class SearchIndex:
    """Finds words in folded texts, of which there is one for each entry."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = [spelled(text) for text in texts]
        self.everything = bitmap_of(True for _text in texts)
        self.containing = lru_cache(SEARCHES_KEPT)(self._containing)
        self.find = lru_cache(SEARCHES_KEPT)(self._find)
        self.correct = lru_cache(SEARCHES_KEPT)(self._correct)

    @cached_property
    def positions(self) -> Mapping[str, list[int]]:
        """The positions of the texts that have a word, by word."""
        positions: dict[str, list[int]] = defaultdict(list)
        for position, text in enumerate(self.texts):
            for word in set(WORD.findall(text)):
                positions[word].append(position)
        return dict(positions)

    @cached_property
    def vocabulary(self) -> list[str]:
        return sorted(word for word in self.positions if len(word) >= CORRECTED_LENGTH)

    def _find(self, text: str) -> Matches:
        """Return the texts in which every word of `text` occurs."""
        exact = matching = self.everything
        for word in searched_words(text):
            as_typed = self.containing(word)
            exact &= as_typed
            matching &= as_typed | self._nearly_containing(word)
            if not matching:
                break
        return Matches(exact, matching)

    def _containing(self, part: str) -> Bitmap:
        spellings = {part, part.replace("-", " ")}
        return bitmap_of(any(one in text for one in spellings) for text in self.texts)

    def _nearly_containing(self, word: str) -> Bitmap:
        """Return the texts with each part of the word, such as both of fan-out, with a typo."""
        parts = WORD.findall(word)
        forgiven = {part: self._corrections(part) for part in parts}
        matching = self.everything if any(forgiven.values()) else 0
        for part, similar in forgiven.items():
            positions = (place for w in {part, *similar} for place in self.positions.get(w, ()))
            matching &= bitmap_at(positions, len(self.texts))
        return matching

    def _corrections(self, part: str) -> list[str]:
        """Return the words that may be meant by a part of a word with a typo in it."""
        similar = self._similar_words(part, most=1)
        words = [w for w in similar if w != part and max(len(w), len(part)) >= FUZZY_MIN_LENGTH]
        is_unknown = not words and not self.containing(part)
        return self._prefix_corrections(part) if is_unknown else words

    def _prefix_corrections(self, part: str) -> list[str]:
        """Return the words that may be meant by an unfinished one, with a typo before its end."""
        if len(part) < FUZZY_MIN_LENGTH or part.isdecimal():
            return []
        lengths = range(len(part) - 1, len(part) + 2)
        return [
            word
            for word in self.vocabulary
            if any(
                word[length - 1 : length] == part[-1]
                and OSA.distance(word[:length], part, score_cutoff=1) <= 1
                for length in lengths
            )
        ]

    def _correct(self, text: str) -> str:
        """Return the text with the nearest word of the catalogue for each word that is unknown.

        It is empty if every word is known, or if nothing is near enough.
        """
        words = searched_words(text)
        nearest = [word if self.containing(word) else self._nearest(word) for word in words]
        return " ".join(nearest) if all(nearest) and nearest != words else ""

    def _nearest(self, word: str) -> str:
        """Return the similar word that most entries have."""
        similar = self._similar_words(word, most=min((len(word) + 1) // 3, CORRECTED_TYPOS))
        ranks = {w: (typos, -len(self.positions[w]), w) for w, typos in similar.items()}
        return min(ranks, key=ranks.__getitem__, default="")

    def _similar_words(self, word: str, *, most: int) -> dict[str, int]:
        """Return the words that differ by at most so many typos, with their number.

        A typo is a letter too many, missing, wrong, or swapped with its neighbour.
        """
        if len(word) < CORRECTED_LENGTH or word.isdecimal():
            return {}
        similar = process.extract(
            word, self.vocabulary, scorer=OSA.distance, score_cutoff=most, limit=None
        )
        return {found: int(typos) for found, typos, _position in similar}
