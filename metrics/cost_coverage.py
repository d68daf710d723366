"""How much of the sales or of the stock has no known cost, so that margin and stock value leave it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from metrics.catalogue import Catalogue
from metrics.query import MetricQuery
from metrics.result import Row

_WORTH_SAYING: Final = 0.005
_MARGINS: Final = frozenset({"gross_margin", "gross_margin_rate", "cost_of_goods_sold"})
_MARGIN_SHARE: Final = "margin_covered_share"
_STOCK_VALUE: Final = "stock_value"
_STOCK_SHARE: Final = "stock_value_covered_share"
_STOCK_PRODUCTS: Final = "products_without_cost"

Ask = Callable[[tuple[str, ...]], Row]
"""Answers metrics over everything that the query covers, in one row."""


def question(query: MetricQuery, metrics: tuple[str, ...]) -> MetricQuery:
    """The query for these metrics over everything that another query covers."""
    return query.model_copy(update={"metrics": metrics, "by": (), "order_by": (), "limit": None})


def sentences(query: MetricQuery, catalogue: Catalogue, ask: Ask) -> list[str]:
    """Say what is left out, where it is more than half a percent of the net sales or of the units on hand."""
    asked = {catalogue.metric(name).name for name in query.metrics}
    found = []
    if asked & _MARGINS and not asked & set(catalogue.unknown) and _MARGIN_SHARE in catalogue.metrics:
        uncovered = _uncovered(ask((_MARGIN_SHARE,)), _MARGIN_SHARE)
        if uncovered > _WORTH_SAYING:
            found.append(
                f"Cost is unknown for {uncovered:.1%} of net sales here; margin and cost leave those lines out."
            )
    if _STOCK_VALUE in asked - set(catalogue.unknown) and _STOCK_SHARE in catalogue.metrics:
        row = ask((_STOCK_SHARE, _STOCK_PRODUCTS))
        uncovered, products = _uncovered(row, _STOCK_SHARE), row[_STOCK_PRODUCTS]
        if uncovered > _WORTH_SAYING:
            counted = "1 product" if products == 1 else f"{products:,} products"
            found.append(f"Stock value leaves out {counted} without known cost: {uncovered:.1%} of units on hand here.")
    return found


def _uncovered(row: Row, share: str) -> float:
    covered = row[share]
    return 1 - covered if isinstance(covered, (int, float)) else 0.0
