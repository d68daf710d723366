"""How names are cut into words, and which misspelt word is meant. The same on both sides of every comparison."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

MOST_PIECES: Final = 12
"""Words of a name that are looked at."""
_LONGEST_NAME: Final = 200
"""Characters of a name that are looked at."""

_PIECE: Final = re.compile(r"\d+|[^\W\d_]+")
_SHORTEST_NUMBER: Final = 5
"""Shorter numbers in a question are amounts or years, not codes."""
_SHORTEST_MISSPELT: Final = 4
_SHORT: Final = 5
"""Up to this length, a word with another letter in it is likely another word: stock is no stick."""
_TWO_SLIPS: Final = 8
"""From this length on, two letters may be wrong."""
_MOST_CORRECTIONS: Final = 3
_MOST_LOOKED_AT: Final = 12


class Speller:
    """The words of names, to put misspelt ones right. A first letter is taken to be right."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for word in words:
            self._by_letter[word[0]].append(word)

    def corrected(self, piece: str) -> list[str]:
        """The words that a misspelt one is nearest to, by their stems; none where it is too short or none is near."""
        said = stem(piece)
        if len(said) < _SHORTEST_MISSPELT or not said.isalpha():
            return []
        slips = 2 if len(said) >= _TWO_SLIPS else 1
        near = process.extract(
            said, self._by_letter.get(said[0], []), scorer=OSA.distance, score_cutoff=slips, limit=_MOST_LOOKED_AT
        )
        likely = [(text, distance) for text, distance, _ in near if _is_slip(said, text)]
        return [text for text, distance in likely if distance == likely[0][1]][:_MOST_CORRECTIONS]


def pieces(text: str) -> tuple[str, ...]:
    """A text as it is compared: words and numbers in small letters without accents; long ones are cut."""
    folded = unicodedata.normalize("NFKD", text[:_LONGEST_NAME].casefold().replace("'", "").replace("’", ""))
    bare = folded if folded.isascii() else "".join(c for c in folded if not unicodedata.combining(c))
    return tuple(_PIECE.findall(bare)[:MOST_PIECES])


@lru_cache(maxsize=100_000)
def stem(piece: str) -> str:
    """A word without an English plural ending; the same for both sides of a comparison, so it need not be a word."""
    if len(piece) < 4 or not piece.endswith("s") or piece.endswith("ss"):
        return piece
    if piece.endswith("ies") and len(piece) > 4:
        return piece[:-3] + "y"
    return piece[:-2] if piece.endswith(("ches", "shes", "xes", "sses", "oes")) else piece[:-1]


def _is_slip(said: str, known: str) -> bool:
    """Whether one word may be another misspelt. Short words are near to many: there, only some slips are believed."""
    if not known.isalpha() or len(known) < _SHORTEST_MISSPELT:
        return False
    is_swapped = len(said) == len(known) and sorted(said) == sorted(known)
    return is_swapped or len(said) > _SHORT or (len(said) == _SHORT and len(said) != len(known))


def is_telling(key: tuple[str, ...]) -> bool:
    """Whether a name says enough to be found by: not a short number, nor a letter or two."""
    name = "".join(key)
    if name.isdigit():
        return len(name) >= _SHORTEST_NUMBER
    return len(name) > 2 or (len(key) > 1 and not name.isalpha())
