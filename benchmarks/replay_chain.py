"""The sample chain replayed: one store's products, true demand, and the drafts that the pipeline would make."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from forecasting import tables
from forecasting.calibration import Calibration, PastTotals, calibrated_totals
from forecasting.conformal import learn_calibration
from forecasting.models.combination import combine
from forecasting.models.protocol import Forecaster
from forecasting.panel import Panel
from forecasting.panel.warehouse import PRODUCT_STORE, find_cutoff, panel_from_warehouse
from forecasting.replenishment.inputs import Inputs, read_inputs
from forecasting.replenishment.replay.chain import Chain, chain_of, prices_of, world_of
from forecasting.replenishment.replay.chain_policies import Drafts, ErpMinMax, OrderUpTo, forgetting_long_lives
from forecasting.replenishment.replay.comparison import Interval, Outcome, paired_interval
from forecasting.replenishment.replay.forecasts import replay_models
from forecasting.replenishment.replay.shelf import Units
from forecasting.replenishment.replay.simulation import Policy, simulate
from forecasting.rows import totals_rows
from forecasting.serving import served
from forecasting.stacking import learn_weights
from forecasting.totals import Totals
from forecasting.weights import Weights
from forecasting.windows import open_window
from retail.duckdb_options import OFFLINE
from retail.settings import Settings
from retail.vocabulary import MARTS_SCHEMA, QUANTILE_LEVELS

HORIZON_DAYS = 28
REFORECAST_DAYS = 7
LEARNT_WINDOWS = 3
RIVAL = "min_max"

_SOLD = f"""
select product_id, business_date, units_sold::double as sold, coalesce(is_in_stock, true) as in_stock
from {MARTS_SCHEMA}.fct_stock_daily
where store_id = ?
"""
_CLOSING = f"""
select product_id, on_hand::double as on_hand
from {MARTS_SCHEMA}.fct_stock_daily
where store_id = ? and business_date = ?
"""
_IN_TRANSIT = f"""
select product_id, coalesce(first_received_date, expected_date) as arrival_date,
    sum(ordered_quantity)::double as quantity
from {MARTS_SCHEMA}.fct_purchase_order_lines
where store_id = $store and status in ('open', 'closed') and ordered_date <= $first
    and coalesce(first_received_date, expected_date) >= $first
group by all
"""
_DELAYS = f"""
select supplier_id, date_diff('day', expected_date, first_received_date) as delay_days
from {MARTS_SCHEMA}.fct_purchase_order_lines
where first_received_date < ?
order by supplier_id, purchase_order_line_id
"""
_TRUTH = """
select 'files:' || product_id as product_id, business_date, true_units::double as units
from read_parquet(?) where 'files:' || store_id = ?
"""


@dataclass
class ChainForecasts:
    """The newest forecast before each morning: remade every week from what the shop knew.

    Attributes:
        panel: The store's panel, the hold-out included.
        first: First day of the hold-out.
        start: Its number in the panel.
        models: Models to ask.
    """

    panel: Panel
    first: date
    start: int
    models: Sequence[Forecaster]
    _weights: Weights | None = None
    _calibration: Calibration | None = None
    _rows: dict[int, pd.DataFrame] = field(default_factory=dict)

    def on(self, today: date) -> pd.DataFrame:
        """Rows of `fct_demand_totals` as a morning has them."""
        days = (today - self.first).days
        end = self.start + days - days % REFORECAST_DAYS
        if end not in self._rows:
            self._rows[end] = self._make(end)
        return self._rows[end]

    def _make(self, end: int) -> pd.DataFrame:
        print(f"forecast after {self.panel.dates[end - 1].date()}", file=sys.stderr, flush=True)
        if self._weights is None or self._calibration is None:
            self._weights, self._calibration = self._learn()
        window = open_window(self.panel, end, HORIZON_DAYS, self.models, QUANTILE_LEVELS)
        cube, names = served(window.members, window.history, self._weights)
        totals: Totals = calibrated_totals(cube, window.history, QUANTILE_LEVELS, self._calibration)
        return totals_rows(window.history, totals, names, cutoff_date=self.panel.dates[end - 1].date())

    def _learn(self) -> tuple[Weights, Calibration]:
        ends = [self.start - HORIZON_DAYS * number for number in range(LEARNT_WINDOWS, 0, -1)]
        windows = [open_window(self.panel, end, HORIZON_DAYS, self.models, QUANTILE_LEVELS) for end in ends]
        names = set.intersection(*(set(window.members.cubes) for window in windows))
        weights = learn_weights(windows, [model.name for model in self.models if model.name in names])
        past = [
            PastTotals.of(
                combine(window.members, window.history, weights)[0], window.history, window.actual, QUANTILE_LEVELS
            )
            for window in windows
        ]
        return weights, learn_calibration(past, "D")


@dataclass(frozen=True, slots=True)
class ChainReplay:
    """What the replay of the chain found.

    Attributes:
        outcomes: By policy.
        interval: `tillsight` against `min_max`.
        lines: Product-stores replayed.
        first: First day.
    """

    outcomes: list[Outcome]
    interval: Interval
    lines: int
    first: date

    def of(self, policy: str) -> Outcome:
        """The outcome of one policy."""
        return next(outcome for outcome in self.outcomes if outcome.policy == policy)


def replay_chain(
    source: Path, folder: Path, *, store: str, days: int, weeks_earlier: int = 0, ordering: float, seed: int = 0
) -> ChainReplay:
    """Replay the last days of one store of the sample chain, or as many that end some weeks earlier.

    Args:
        source: Workspace of the sample chain, with its warehouse and `truth/true_demand.parquet`.
        folder: An empty folder for a copy of the warehouse: it gets the forecasts of the replay.
        store: The store.
        days: Length of the hold-out.
        weeks_earlier: Weeks between the hold-out's end and the last complete day.
        ordering: Cost of an order line.
        seed: Of lead times and of the buyer's misjudgement.
    """
    settings = Settings(threads=1)
    copy = folder / "warehouse.duckdb"
    shutil.copyfile(source / "warehouse.duckdb", copy)
    with duckdb.connect(copy, config={**OFFLINE}) as warehouse:
        last = find_cutoff(warehouse)
        if last is None:
            sys.exit(f"{source} holds no sales: run `make demo SERVE=0` first.")
        last -= timedelta(weeks=weeks_earlier)
        first = last - timedelta(days=days - 1)
        panel = _store_panel(panel_from_warehouse(warehouse, last, 10_000), store)
        start = len(panel.dates) - days
        forecasts = ChainForecasts(panel, first, start, replay_models(settings, panel))
        tables.replace(warehouse, {tables.DEMAND_TOTALS: _columns(forecasts.on(first))})
        inputs = _replayable(read_inputs(warehouse, first, settings.default_lead_time_days), warehouse)
        chain = _chain(warehouse, inputs, panel, first, start, store, settings)
        demand = _matrix(
            warehouse.execute(_TRUTH, [str(source / "truth" / "true_demand.parquet"), store]).df(),
            chain,
            panel.dates[start:],
            "units",
        )
        closing = warehouse.execute(_CLOSING, [store, first - timedelta(days=1)]).df()
        on_hand = closing.set_index("product_id")["on_hand"].reindex(chain.lines["product_id"]).fillna(0).to_numpy()
        coming = warehouse.execute(_IN_TRANSIT, {"store": store, "first": first}).df()
        in_transit = _matrix(
            coming.rename(columns={"arrival_date": "business_date"}), chain, panel.dates[start:], "quantity"
        )
        delays = warehouse.execute(_DELAYS, [first]).df()
    world = world_of(chain, demand, np.maximum(on_hand, 0.0), in_transit, delays, seed)
    prices = prices_of(chain, settings, ordering)
    exact = np.ones(len(chain.lines))
    judgement = np.random.default_rng(seed).lognormal(0.06, 0.22, size=len(exact))
    policies: list[Policy] = [
        ErpMinMax(RIVAL, chain, judgement),
        ErpMinMax("min_max_unerring", chain, exact),
        OrderUpTo("order_up_to", chain),
        Drafts("tillsight", chain, forecasts.on, settings),
    ]
    outcomes = []
    for policy in policies:
        print(f"replaying {policy.name}", file=sys.stderr, flush=True)
        outcomes.append(Outcome.of(policy.name, simulate(world, policy), prices))
    found = {outcome.policy: outcome for outcome in outcomes}
    return ChainReplay(outcomes, paired_interval(found["tillsight"], found[RIVAL]), len(exact), first)


def _store_panel(panel: Panel, store: str) -> Panel:
    is_of_store = (panel.series["store_id"] == store) & (panel.series["level"] == PRODUCT_STORE)
    return panel.take(is_of_store.to_numpy(dtype=bool))


def _columns(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[list(tables.SCHEMAS[tables.DEMAND_TOTALS])]


def _replayable(inputs: Inputs | None, warehouse: duckdb.DuckDBPyConnection) -> Inputs:
    """The inputs without products that are launched or discontinued around the hold-out, or have no supplier."""
    if inputs is None:
        sys.exit("The workspace has no stock levels.")
    ended = warehouse.execute(f"select product_id from {MARTS_SCHEMA}.dim_products where discontinued_date is not null")
    gone = ended.df()["product_id"]
    lines = inputs.lines
    keep = lines["is_active"].astype(bool) & lines["supplier_id"].notna() & ~lines["product_id"].isin(gone)
    return forgetting_long_lives(replace(inputs, lines=lines[keep].reset_index(drop=True)))


def _chain(
    warehouse: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    panel: Panel,
    first: date,
    start: int,
    store: str,
    settings: Settings,
) -> Chain:
    empty = np.zeros((len(inputs.lines), len(panel.dates)))
    chain = chain_of(inputs, first, empty, empty > 0, start, settings)
    history = warehouse.execute(_SOLD, [store]).df()
    return replace(
        chain,
        sold=_matrix(history, chain, panel.dates, "sold"),
        in_stock=_matrix(history.assign(in_stock=history["in_stock"].astype(float)), chain, panel.dates, "in_stock")
        > 0,
    )


def _matrix(rows: pd.DataFrame, chain: Chain, dates: pd.DatetimeIndex, column: str) -> Units:
    wide = rows.assign(business_date=pd.to_datetime(rows["business_date"])).pivot_table(
        index="product_id", columns="business_date", values=column, aggfunc="sum"
    )
    values: Units = wide.reindex(index=chain.lines["product_id"], columns=dates).fillna(0.0).to_numpy(dtype=float)
    return values
