"""Names of forecast models in words."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = {
    "bundled": "the bundled Chronos model",
    "weekday_quantiles": "weekday quantiles",
    "moving_average": "moving average",
    "seasonal_naive": "last week again",
    "auto_ets": "exponential smoothing",
    "auto_theta": "theta",
    "theta": "theta",
    "croston_sba": "Croston’s method",
    "tsb": "TSB",
    "adida": "ADIDA",
    "lightgbm": "boosted trees",
    "gradient_boosting": "boosted trees",
}
_ANALOGUES: Final = "+analogues"
_COMBINATION: Final = re.compile(r"combination\((.*)\)")


def in_words(name: object) -> str:
    """A model's name in words: `combination(bundled+moving_average)` is `a combination of …`."""
    text = str(name)
    if text.endswith(_ANALOGUES):  # a new product leans on others of its kind
        return f"{in_words(text.removesuffix(_ANALOGUES))}, with similar products"
    if found := _COMBINATION.fullmatch(text):
        parts = [_word(part) for part in found[1].split("+")]
        return f"a combination of {', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return _word(text)


def as_label(name: object) -> str:
    """The same with a capital, for a table or a legend."""
    text = in_words(name).removeprefix("the ")
    return text[:1].upper() + text[1:]


def _word(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " "))
