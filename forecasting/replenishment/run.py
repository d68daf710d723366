"""The replenishment step: read the marts and the demand totals, write risks, drafts and their reasons."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from forecasting import tables
from forecasting.replenishment.decided import approved_supply, closed_drafts
from forecasting.replenishment.demand import Scenarios
from forecasting.replenishment.drafts import curve_rows, draft_rows
from forecasting.replenishment.inputs import Inputs, read_inputs
from forecasting.replenishment.lead_times import DelayBook, lead_time_rows, learn_delays
from forecasting.replenishment.lines import Lines, assemble
from forecasting.replenishment.outcome import Outcome, decide_outcome
from forecasting.replenishment.policy import Plan, plan_orders
from forecasting.replenishment.reasons import Facts
from forecasting.replenishment.stock_risk import MIDDLE, stock_risk_rows, stockout_dates
from forecasting.replenishment.supply import LeadTimes, lead_time_sources
from forecasting.replenishment.tables import LEAD_TIMES, ORDER_COST_CURVES, REORDER_DRAFTS, STOCK_RISK
from retail.operational.decisions import Decision
from retail.operational.terms import TermOverride
from retail.progress import Progress, silent
from retail.settings import Settings

_OLD_FORECAST_DAYS = 3
_TABLES = (REORDER_DRAFTS, ORDER_COST_CURVES, STOCK_RISK, LEAD_TIMES)


@dataclass(slots=True)
class ReplenishReport:
    """What a replenishment run did, for the run log and the command line.

    Attributes:
        run_id: The run that the rows carry.
        as_of_date: The day that counted as today; null where there was nothing to replenish.
        series: Product-stores looked at.
        drafts: Drafts by kind (`order`, `transfer`).
        amount: Money of the orders, in the reporting currency.
        not_drafted: Product-stores without a draft by reason.
        notes: What a reader should know.
        seconds: Wall time.
    """

    run_id: str
    as_of_date: date | None = None
    series: int = 0
    drafts: dict[str, int] = field(default_factory=dict)
    amount: float = 0.0
    not_drafted: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return asdict(self) | {"as_of_date": self.as_of_date.isoformat() if self.as_of_date else None}


def replenish(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    run_id: str,
    overrides: Sequence[TermOverride] = (),
    decisions: Sequence[Decision] = (),
    as_of_date: date | None = None,
    calendar_date: date | None = None,
    progress: Progress = silent,
) -> ReplenishReport:
    """Replace the four tables of replenishment, all of them or none.

    Args:
        warehouse: The warehouse, writable, with the marts and this run's `fct_demand_totals`.
        settings: Rates, service levels, assumed terms and the budget.
        run_id: Name of this run.
        overrides: Terms that people have set.
        decisions: Decisions on drafts of earlier runs; at least the newest of each draft.
        as_of_date: The day that counts as today; null takes the calendar's, or that of the stock levels.
        calendar_date: Today by the calendar, for figures of the last days (see `inputs.read_inputs`).
        progress: Told what is being done.

    Raises:
        ForecastError: The marts cannot be read or the tables cannot be written.
    """
    started = time.perf_counter()
    report = ReplenishReport(run_id)
    progress("planning orders", 0, 3)
    inputs = read_inputs(warehouse, as_of_date, settings.default_lead_time_days, calendar_date)
    if inputs is None or inputs.lines.empty:
        report.notes.append("No product that is forecast alone has a stock figure, so there is nothing to reorder.")
        tables.replace(warehouse, {name: tables.empty(name) for name in _TABLES})
        return report
    progress("planning orders", 1, 3)
    rows = _plan(inputs, settings, overrides, decisions, report)
    progress("planning orders", 2, 3)
    tables.replace(warehouse, rows)
    progress("planning orders", 3, 3)
    report.seconds = round(time.perf_counter() - started, 2)
    return report


def _plan(
    inputs: Inputs,
    settings: Settings,
    overrides: Sequence[TermOverride],
    decisions: Sequence[Decision],
    report: ReplenishReport,
) -> dict[str, pd.DataFrame]:
    book = learn_delays(inputs.receipts)
    spreads = _spreads(inputs, book, settings)
    approved = approved_supply(decisions, inputs.purchases, spreads, inputs.today, inputs.zone)
    scenarios = Scenarios.draw()
    lines = assemble(inputs, book, approved, overrides, closed_drafts(decisions, inputs.today), settings, scenarios)
    plan = plan_orders(lines.frame, lines.demand, lines.supply, settings, scenarios)
    outcome = decide_outcome(lines, plan, settings, approved, inputs.today)
    drafts = draft_rows(lines.frame, plan, outcome, _facts(lines, plan, inputs, report.run_id))
    _describe(report, inputs, lines, outcome, drafts)
    return {
        REORDER_DRAFTS: drafts,
        ORDER_COST_CURVES: curve_rows(lines.frame, plan, outcome),
        STOCK_RISK: stock_risk_rows(lines.frame, plan, lines.supply.arrivals, outcome.quantity > 0, inputs.today),
        LEAD_TIMES: _lead_times(inputs, book, settings),
    }


def _promised(inputs: Inputs) -> dict[str, float]:
    return {
        str(supplier): float(days)
        for supplier, days in inputs.terms.groupby("supplier_id")["lead_time_days"].median().dropna().items()
    }


def _lead_times(inputs: Inputs, book: DelayBook, settings: Settings) -> pd.DataFrame:
    names = dict(zip(inputs.suppliers["supplier_id"], inputs.suppliers["supplier"], strict=True))
    return lead_time_rows(book, _promised(inputs), names, settings.default_lead_time_days)


def _spreads(inputs: Inputs, book: DelayBook, settings: Settings) -> dict[str | None, int]:
    """Days between the middle and the slow end of each supplier's lead time."""
    promised = _promised(inputs)
    spreads: dict[str | None, int] = {}
    for supplier in [None, *inputs.suppliers["supplier_id"]]:
        time_ = book.find(supplier, None).lead_time(promised.get(str(supplier), settings.default_lead_time_days))
        spreads[supplier] = int(time_.quantile(0.9)) - int(time_.quantile(0.5))
    return spreads


def _facts(lines: Lines, plan: Plan, inputs: Inputs, run_id: str) -> Facts:
    times: LeadTimes = lines.times
    middle_and_late = times.of_lines(np.array([0.5, 0.9]))
    return Facts(
        run_id=run_id,
        today=inputs.today,
        currency=inputs.currency,
        horizon=lines.demand.horizon,
        stockout_date=stockout_dates(plan.cycle, MIDDLE, inputs.today),
        lead_time_source=lead_time_sources(lines.frame, times.receipts),
        lead_time_days=middle_and_late[:, 0],
        lead_time_q90_days=middle_and_late[:, 1],
    )


def _describe(report: ReplenishReport, inputs: Inputs, lines: Lines, outcome: Outcome, drafts: pd.DataFrame) -> None:
    report.as_of_date = inputs.today
    report.series = len(lines.frame)
    report.drafts = {str(kind): count for kind, count in sorted(Counter(drafts["kind"]).items())}
    report.amount = round(float(drafts["order_amount"].sum()), 2)
    undrafted = lines.frame["not_drafted"][outcome.quantity == 0].fillna("enough stock, or not worth a pack yet")
    report.not_drafted = {str(reason): count for reason, count in sorted(Counter(undrafted).items())}
    age = (inputs.today - pd.Timestamp(inputs.totals["cutoff_date"].max()).date()).days - 1
    if age > _OLD_FORECAST_DAYS:
        report.notes.append(f"The forecast is {age} days old: forecast again before ordering by it.")
    left_out = int((outcome.cut & (outcome.quantity == 0)).sum())
    if left_out:
        report.notes.append(f"{left_out} orders did not fit into the day's budget and are not drafted.")
    if len(drafts) and drafts["unit_cost"].isna().any():
        report.notes.append(f"{int(drafts['unit_cost'].isna().sum())} drafts have no known cost.")
