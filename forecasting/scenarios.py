"""What the forecast becomes with a promotion, without one, and at other prices: rows of `fct_forecast_scenarios`.

A scenario multiplies the served forecast by what the estimated effects (`forecasting.models.effects`) say of the
change. Effects are those of the shop's own history, drawn to the category where a product says little; nothing here is
an experiment, and a price that never moved has no effect that anyone could know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting import tables
from forecasting.models.covariates import Adjustment, adjustment
from forecasting.models.empirical import known_mean, last_known
from forecasting.models.protocol import Cube
from forecasting.panel import Panel
from forecasting.panel.warehouse import PRODUCT_STORE
from retail.vocabulary import QUANTILE_LEVELS

Floats = NDArray[np.float32]

BASELINE: Final = "baseline"
PROMOTION: Final = "promotion"
NO_PROMOTION: Final = "no_promotion"
PRICE_CHANGES: Final = (-0.2, -0.1, 0.1, 0.2)

MOST_SERIES: Final = 1000
"""The busiest series, whose scenarios are published."""

_LEVELS = (0.1, 0.5, 0.9)
_PROMOTED, _PRICE = "is_promoted", "price"
_LOWEST_ELASTICITY = -4.0
_USUAL_ELASTICITY = -1.0
"""Elasticity that a series' own is drawn to: an assumption, cautious beside the mean of -2.6 that Bijmolt, van Heerde
& Pieters (2005) found over brands."""
_OWN_WEIGHT = 0.8
_PROMOTION_RANGE = (1.0, 5.0)


@dataclass(frozen=True, slots=True)
class _Scenario:
    name: str
    price_change: float
    is_promoted: bool | None
    factor: Floats


def scenarios(panel: Panel, cube: Cube, horizon: int) -> pd.DataFrame:
    """Scenarios of the busiest product-store series.

    Args:
        panel: History, with its known covariates.
        cube: Served quantiles at `QUANTILE_LEVELS`, of every series of the panel.
        horizon: Periods ahead of the cube.

    Returns:
        Rows of `fct_forecast_scenarios`: `baseline` is the forecast as served; `promotion` and `no_promotion` where
        promotions have an effect; `price_-20%` … `price_+20%` where prices do. Without such covariates the baseline
        alone.
    """
    rows = _busiest(panel)
    if not len(rows):
        return tables.empty(tables.FORECAST_SCENARIOS)
    asked, served = panel.take(rows), cube[rows]
    pieces = [
        _rows(asked, served, scenario) for scenario in _scenarios(asked, adjustment(panel, horizon), rows, horizon)
    ]
    return pd.concat(pieces, ignore_index=True)[list(tables.SCHEMAS[tables.FORECAST_SCENARIOS])]


def _busiest(panel: Panel) -> NDArray[np.int64]:
    recent = known_mean(last_known(panel.demand, panel.frequency.recent))
    if "level" in panel.series.columns:
        recent = np.where(panel.series["level"] == PRODUCT_STORE, recent, -1)
    order = np.argsort(-recent, kind="stable")
    return np.sort(order[recent[order] >= 0][:MOST_SERIES])


def _scenarios(panel: Panel, found: Adjustment | None, rows: NDArray[np.int64], horizon: int) -> list[_Scenario]:
    usual = np.ones((len(panel), horizon), dtype=np.float32)
    made = [_Scenario(BASELINE, 0.0, None, usual)]
    promotion = _effect(found, _PROMOTED, rows)
    elasticity = _elasticity(found, rows)
    if promotion is not None:
        discount = _usual_discount(panel) if elasticity is not None else np.zeros(len(panel))
        through_price = 0 if elasticity is None else elasticity * discount
        lift = np.clip(np.exp(promotion + through_price), *_PROMOTION_RANGE)[:, None].astype(np.float32)
        planned = panel.future(_PROMOTED, horizon) == 1
        made += [
            _Scenario(PROMOTION, 0.0, True, np.where(planned, usual, lift)),
            _Scenario(NO_PROMOTION, 0.0, False, np.where(planned, 1 / lift, usual)),
        ]
    if elasticity is not None:
        made += [
            _Scenario(_price_name(change), change, None, usual * np.exp(elasticity * np.log1p(change))[:, None])
            for change in PRICE_CHANGES
        ]
    return made


def _effect(found: Adjustment | None, name: str, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """A covariate's coefficients; null where it is none of the panel's or has no effect."""
    if found is None or name not in found.effects.names:
        return None
    effect = found.effects.coefficients[rows, found.effects.names.index(name)].astype(np.float64)
    return effect if effect.any() else None


def _elasticity(found: Adjustment | None, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """Price elasticity of demand, never above 0: own and usual one, weighed."""
    own = _effect(found, _PRICE, rows)
    if own is None:
        return None
    return np.clip(_OWN_WEIGHT * own + (1 - _OWN_WEIGHT) * _USUAL_ELASTICITY, _LOWEST_ELASTICITY, 0.0)


def _usual_discount(panel: Panel) -> NDArray[np.float64]:
    """Logarithm of the price in promotions over the price out of them, 0 where a series had none. Shape (series,)."""
    width = len(panel.dates)
    promoted, price = panel.known[_PROMOTED][:, :width] == 1, panel.known[_PRICE][:, :width]
    inside = known_mean(np.where(promoted, price, np.float32(np.nan)))
    outside = known_mean(np.where(promoted, np.float32(np.nan), price))
    known = (inside > 0) & (outside > 0)
    ratio = np.divide(inside, outside, out=np.ones(len(panel)), where=known)
    return np.asarray(np.log(np.clip(ratio, 0.3, 1.0)), dtype=np.float64)


def _price_name(change: float) -> str:
    return f"price_{change:+.0%}"


def _rows(panel: Panel, cube: Cube, scenario: _Scenario) -> pd.DataFrame:
    horizon = cube.shape[1]
    identity = panel.series[["unique_id", "store_id", "product_id"]].rename(columns={"unique_id": "series_id"})
    rows = identity.loc[identity.index.repeat(horizon)].reset_index(drop=True)
    places = [QUANTILE_LEVELS.index(level) for level in _LEVELS]
    values = (cube[..., places] * scenario.factor[..., None]).reshape(-1, len(_LEVELS))
    return rows.assign(
        scenario=scenario.name,
        price_change=scenario.price_change,
        is_promoted=_promoted(panel, scenario, horizon),
        target_date=np.tile(panel.future_dates(horizon).to_numpy(), len(panel)),
        q10=values[:, 0],
        q50=values[:, 1],
        q90=values[:, 2],
    )


def _promoted(panel: Panel, scenario: _Scenario, horizon: int) -> NDArray[np.bool_]:
    if scenario.is_promoted is not None:
        return np.full(len(panel) * horizon, scenario.is_promoted)
    if _PROMOTED not in panel.known:
        return np.zeros(len(panel) * horizon, dtype=bool)
    return np.asarray(panel.future(_PROMOTED, horizon).ravel() == 1)
