"""What a forecast would be with a promotion, without, or at another price, as the run has computed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app import formats
from app.data import Row, Shop
from app.filters import equals

AS_PLANNED = "baseline"
"""The scenario that the forecast itself is: promotions and prices as they are planned."""

_PROMOTIONS = {"promotion": "With a promotion", "no_promotion": "Without a promotion"}
_COLUMNS = ("scenario", "price_change", "target_date", "q10", "q50", "q90")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One answer to what if.

    Attributes:
        name: Its name in words.
        frame: `day`, `q10`, `q50`, `q90`.
        planned_units: Units expected as planned, over all its days.
        units: Units expected under the scenario.
    """

    name: str
    frame: pd.DataFrame
    planned_units: float
    units: float

    @property
    def sentence(self) -> str:
        """What the scenario changes."""
        change = round(self.units - self.planned_units)
        days = formats.count(len(self.frame), "day")
        total = f"{self.name}: {formats.number(self.units)} units in {days}"
        if change == 0:
            return f"{total}, as many as planned."
        share = formats.change(self.units, self.planned_units)
        more = "more" if change > 0 else "fewer"
        return f"{total}, {formats.number(abs(change))} {more} than as planned{f' ({share})' if share else ''}."


def choose(shop: Shop, series: Row) -> Scenario | None:
    """Let a person pick a scenario of the series; None as planned, or where the run has none."""
    if not shop.holds("fct_forecast_scenarios"):
        return None
    found = shop.rows(
        "fct_forecast_scenarios",
        _COLUMNS,
        where=(equals("series_id", series["series_id"]),),
        order_by=("price_change", "scenario", "target_date"),
    ).frame()
    labels = {str(row.scenario): label(str(row.scenario), row.price_change) for row in found.itertuples()}
    if len(labels) < 2 or AS_PLANNED not in labels:
        return None
    order = sorted(labels, key=_rank(labels))
    chosen = st.segmented_control(
        "What if",
        order,
        default=AS_PLANNED,
        required=True,
        format_func=labels.__getitem__,
        key=f"what_if_{series['series_id']}",
        help="The same days under other conditions, from what promotions and prices did in this shop so far. It is an "
        "estimate, not an experiment.",
    )
    if chosen is None or chosen == AS_PLANNED:
        return None
    frame = found[found["scenario"] == chosen].assign(day=lambda rows: pd.to_datetime(rows["target_date"]))
    planned = found[found["scenario"] == AS_PLANNED]
    return Scenario(labels[chosen], frame, expected_units(planned), expected_units(frame))


def _rank(labels: Mapping[str, str]) -> Callable[[str], int]:
    """As planned first, then promotions, then prices from low to high, which is the order of the labels."""
    order = [AS_PLANNED, *_PROMOTIONS, *(name for name in labels if name not in _PROMOTIONS)]
    return order.index


def label(scenario: str, price_change: object) -> str:
    """A scenario in words: `Price −10%`."""
    if scenario in _PROMOTIONS:
        return _PROMOTIONS[scenario]
    if scenario == AS_PLANNED:
        return "As planned"
    share = formats.as_float(price_change)
    if share:
        return f"Price {'+' if share > 0 else '−'}{formats.percent(abs(share), 0)}"
    return scenario.replace("_", " ").capitalize()


def expected_units(frame: pd.DataFrame) -> float:
    """Expected units of all days together.

    Means add up and quantiles do not, so each day's mean is taken from its quantiles by Swanson's rule, 0.3 q10 +
    0.4 q50 + 0.3 q90 (Hurst, Brown and Swanson, 2000, AAPG Bulletin 84).
    """
    middle = 0.4 * pd.to_numeric(frame["q50"])
    return float((middle + 0.3 * (pd.to_numeric(frame["q10"]) + pd.to_numeric(frame["q90"]))).sum())
