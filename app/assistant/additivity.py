"""What the values of a metric may be added up over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from metrics.catalogue import Metric

_OF_A_TICKET: Final = frozenset({"store", "store_id", "store_code", "country", "channel", "source", "currency", "hour"})
"""A ticket has one value of each, so tickets add up over them and over time; a ticket may hold several products."""

_OF_A_STOCK: Final = frozenset(
    {"store", "store_id", "store_code", "country", "product", "product_id", "sku", "category", "department", "brand"}
    | {"supplier", "age_bucket"}
)


def adds_up(metric: Metric, splits: Iterable[str]) -> bool:
    """Whether the parts of a metric, split like this, make up its whole."""
    grains = frozenset(splits) - metric.dimensions.keys()
    dimensions = frozenset(splits) & metric.dimensions.keys()
    match metric.additivity:
        case "additive":
            return True
        case "additive over time and stores":
            return dimensions <= _OF_A_TICKET
        case "additive over products and stores" | "semi-additive over time":
            return not grains and dimensions <= _OF_A_STOCK
        case _:
            return False
