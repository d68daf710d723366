"""One thing that needs attention: a sentence that leads to the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Color = Literal["red", "orange", "blue"]


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at.

    Attributes:
        kind: One or two words for it.
        color: How urgent it is.
        sentence: What it is, safe as Markdown.
        page: The page that shows it.
        address: Filters of that page.
    """

    kind: str
    color: Color
    sentence: str
    page: str
    address: dict[str, str]
