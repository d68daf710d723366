"""True demand: what shoppers would have bought of each product in each store on each day, had it been on the shelf."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.sample.arrays import Bools, Counts, Doubles, Floats
from demo.sample.chain import Chain, Size
from demo.sample.days import Days
from demo.sample.pricing import Pricing
from demo.sample.seasons import yearly_factor

CLEARANCE_DAYS = 28
"""How long shoppers still ask for a product after it is discontinued."""

_TARGET_UNITS_PER_STORE_DAY = {"full": 345.0, "small": 75.0}
_WEEKDAYS = np.array([0.88, 0.86, 0.90, 0.97, 1.12, 1.22, 1.05])
_PRICE_ELASTICITY = 1.1
_RAMP_DAYS = 42


@dataclass(frozen=True, slots=True)
class Demand:
    """Demand of the whole history, all `[D, S, P]`.

    Attributes:
        units: What was asked for, drawn by chance; on the last day only up to now.
        planned: What a buyer would expect without chance or promotions, units a day.
        is_wanted: Where shoppers could ask for the product at all: it is on range, launched and not long gone.
    """

    units: Counts
    planned: Floats
    is_wanted: Bools


def build(chain: Chain, days: Days, pricing: Pricing, size: Size, rng: np.random.Generator) -> Demand:
    """Draw the demand: negative binomial around a mean that moves with season, weekday, price and promotion."""
    is_wanted = chain.is_ranged[None, :, :] & _life_cycle(chain, len(days))[:, None, :]
    planned = _store_level(chain, rng)[None] * (yearly_factor(chain, days) * _ramp(chain, len(days)))[:, None, :]
    growth = np.array([1 + store.growth for store in chain.stores])
    planned *= (growth ** (np.arange(len(days))[:, None] / 365))[:, :, None]
    planned *= is_wanted
    mean = planned * _calendar_factor(chain, days)[:, None, :]
    mean *= pricing.lift()[pricing.promotion]
    # Shoppers measure today's price against what the product cost them over the whole time.
    mean *= ((pricing.price_cents / pricing.price_cents.mean(axis=0)) ** -_PRICE_ELASTICITY)[:, None, :]
    mean *= _drift(mean.shape, rng)
    mean *= days.share_elapsed()[:, :, None]
    scale = _TARGET_UNITS_PER_STORE_DAY[size] * len(days) * len(chain.stores) / float(mean.sum())
    mean *= scale
    shape = np.array([1.2 if product.is_slow else 5.0 for product in chain.products], dtype=np.float32)
    burst = rng.standard_gamma(np.broadcast_to(shape, mean.shape), dtype=np.float32) / shape
    units = rng.poisson(mean * burst).astype(np.int32)
    return Demand(units=units, planned=(planned * scale).astype(np.float32), is_wanted=is_wanted)


def _store_level(chain: Chain, rng: np.random.Generator) -> Floats:
    """Mean units a day of each product in each store, before scaling `[S, P]`."""
    weekly = np.array([product.weekly_units for product in chain.products])
    taste = np.array(
        [[store.taste.get(product.department, 1.0) for product in chain.products] for store in chain.stores]
    )
    size = np.array([store.size for store in chain.stores])
    liking = rng.lognormal(-0.08, 0.4, size=taste.shape)
    return np.asarray(weekly / 7 * taste * size[:, None] * liking, dtype=np.float32)


def _life_cycle(chain: Chain, length: int) -> Bools:
    day = np.arange(length)[:, None]
    launched = day >= np.array([product.launch_day for product in chain.products])
    ends = [length if product.end_day is None else product.end_day + CLEARANCE_DAYS for product in chain.products]
    return np.asarray(launched & (day <= np.array(ends)))


def _ramp(chain: Chain, length: int) -> Floats:
    """New products take six weeks to find their level `[D, P]`."""
    age = np.arange(length)[:, None] - np.array([product.launch_day for product in chain.products])
    is_new = np.array([product.launch_day >= 0 for product in chain.products])
    return np.where(is_new, (0.3 + 0.7 * age / _RAMP_DAYS).clip(0.3, 1.0), 1.0).astype(np.float32)


def _calendar_factor(chain: Chain, days: Days) -> Floats:
    """Weekday by department, holidays, closed days `[D, P]`."""
    lift = np.array([product.weekend_lift for product in chain.products])
    weekday = _WEEKDAYS[days.weekday][:, None] * np.where((days.weekday >= 5)[:, None], lift, 1.0)
    return np.asarray(weekday * (days.holiday_lift * ~days.is_closed)[:, None], dtype=np.float32)


def _drift(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """What nobody can plan: weather in a store on a day, and levels that wander from week to week."""
    length, stores, products = shape
    weather = rng.lognormal(0.0, 0.07, size=(length, stores, 1))
    weeks = length // 7 + 1
    steps = rng.normal(0.0, 0.08, size=(weeks, stores, products))
    level: Doubles = np.empty_like(steps)
    level[0] = steps[0]
    for week in range(1, weeks):
        level[week] = 0.95 * level[week - 1] + steps[week]
    return np.asarray(np.repeat(np.exp(level), 7, axis=0)[:length] * weather, dtype=np.float32)
