"""The names that questions may hold: stores, products, brands, suppliers and the like, found in a person's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

How = Literal["exact", "alias", "typo"]


@dataclass(frozen=True, slots=True)
class ValueMatch:
    """A value that words may mean.

    Attributes:
        dimension: Catalogue name of the dimension.
        value: The value, spelt as a filter needs it.
        how: `exact`: its name; `alias`: its code, SKU, barcode, or part of its name; `typo`: its name misspelt.
        score: How sure, 0 to 1.
    """

    dimension: str
    value: str
    how: How
    score: float


@dataclass(frozen=True, slots=True)
class ValueSpan:
    """Words that name something.

    Attributes:
        first: Index of the first word.
        last: One past the last word.
        matches: What they may mean, the surest first; at most six.
        total: How many things they may mean.
    """

    first: int
    last: int
    matches: tuple[ValueMatch, ...]
    total: int


class ValueIndex:
    """Every name that one person may see in one published run. Safe to share between threads."""

    def find(self, words: Sequence[str]) -> tuple[ValueSpan, ...]:
        """Names among words, the longest first taken, none overlapping, in order."""
        return ()

    def nearest(self, text: str, dimension: str | None = None, limit: int = 4) -> tuple[ValueMatch, ...]:
        """Values that look like a text, the nearest first."""
        return ()
