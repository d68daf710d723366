"""Answers that are facts about one thing, and customers."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from evals.checks import tables
from evals.gold.periods import spans
from evals.gold.truth import Truth
from evals.question import GoldSpec
from evals.seen import Seen, number, plain

_LEAST: Final = 3


def customers(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """How many of the buyers of a period bought for the first time in it, or had bought before."""
    if wrong := _topic(seen, str(spec.topic)) or tables.filters(seen, spec):
        return wrong
    period, wrong = tables.asked_period(seen, spec, truth)
    if wrong or period is None:
        return wrong
    first, last = (pd.Timestamp(day) for day in period)
    lines = truth.raw.lines
    bought = lines[(lines["line_type"] == "goods") & (lines["quantity"] >= 0) & lines["customer_id"].notna()]
    begun = bought.groupby("customer_id")["day"].min()
    buyers = bought.loc[bought["day"].between(first, last), "customer_id"].unique()
    is_new = begun.reindex(buyers) >= first
    wanted = int(is_new.sum() if spec.topic == "new" else (~is_new).sum())
    return None if seen.has(wanted) else f"value: no {wanted} {spec.topic} customers"


def price(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """The list price."""
    return _about(seen, "price", spec) or _says(seen, float(_of_product(truth, spec, "list_price")))


def supplier_of(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """The preferred supplier's name."""
    return _about(seen, "supplier", spec) or _names(seen, {str(_of_product(truth, spec, "supplier"))})


def supplies(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Every product that the supplier is preferred for, or every one that it has terms for; none of another's."""
    if wrong := _about(seen, "supplier", spec):
        return wrong
    products, terms = truth.raw.products, truth.raw.read("supplier_terms")
    offered = terms[terms["supplier_id"].map(truth.raw.suppliers["name"]) == spec.supplier]["product_id"]
    every = set(products.loc[products.index.isin(offered), "product"])
    preferred = set(products.loc[products["supplier"] == spec.supplier, "product"])
    shown = {seen.label(row.get("product")) for row in seen.rows}
    active = set(products.loc[products["is_active"].astype(str).str.lower() == "true", "product"])
    if shown <= every and (shown >= preferred & active):
        return None
    return f"rows: {len((preferred & active) - shown)} are missing and {len(shown - every)} should not be there"


def lead_time(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """The days that the terms say, or those that were learnt from receipts and published."""
    learnt = truth.planning("fct_lead_times", {"supplier": (str(spec.supplier),)})
    terms = truth.raw.read("supplier_terms")
    agreed = terms[terms["supplier_id"].map(truth.raw.suppliers["name"]) == spec.supplier]["lead_time_days"]
    numeric = learnt.select_dtypes("number").to_numpy().ravel()
    wanted = {float(days) for days in (*agreed, *numeric)}
    if wrong := _about(seen, "lead_time", spec) or _names(seen, {str(spec.supplier)}):
        return wrong
    return None if any(seen.has(days) for days in wanted) else f"value: none of {sorted(wanted)[:_LEAST]}"


def forecast(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """The published means of the days from tomorrow on, added up over days and stores; means do add up."""
    if wrong := _about(seen, "forecast", spec):
        return wrong
    totals = truth.planning("fct_demand_totals", {"product": (str(spec.product),)})
    assert spec.days is not None
    until = totals.groupby("target_date")["mean_units"].sum()
    today = pd.Timestamp(truth.raw.today)
    return _says(seen, float(until[today + pd.Timedelta(days=spec.days)] - until.get(today, 0.0)))


def promotions(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Every promotion that ran in the period, and none that did not."""
    if wrong := _topic(seen, "promotions"):
        return wrong
    first, last = spans(spec.spans[0], truth.raw.today)[0]
    found = truth.raw.read("promotions")
    ran = set(found.loc[(found["starts_date"] <= str(last)) & (found["ends_date"] >= str(first)), "name"])
    shown = {str(value) for row in seen.rows for value in row.values()} & set(found["name"])
    missing = {name for name in ran - shown if name not in seen.text}
    if missing or shown - ran:
        return f"rows: {len(missing)} are missing and {len(shown - ran)} should not be there"
    return None


def deliveries(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Every day on which units of a supplier are due in a store, and how many; where nothing is open, no row."""
    if wrong := _about(seen, "deliveries", spec):
        return wrong
    orders = truth.raw.open_orders
    mine = orders[orders["supplier_id"].map(truth.raw.suppliers["name"]) == spec.supplier]
    due = truth.raw.local(mine["expected_at"], mine["store_id"]).dt.date.rename("due")
    store = mine["store_id"].map(truth.raw.stores["name"]).rename("store")
    units = mine.groupby([due, store])["open_quantity"].sum().reset_index()
    each = zip(units["due"], units["store"], units["open_quantity"], strict=True)
    wanted = {(plain(day), str(name), number(float(quantity))) for day, name, quantity in each}
    shown = {(plain(row.get("expected_date")), str(row.get("store")), number(row.get("units"))) for row in seen.rows}
    if wanted == shown:
        return None
    return f"rows: {len(wanted - shown)} are missing and {len(shown - wanted)} should not be there"


def definition(seen: Seen, spec: GoldSpec, _: Truth) -> str | None:
    """The metric that was asked about, and its meaning."""
    named = {str(item["name"]) for item in seen.document["definitions"]}
    return _topic(seen, "definition") or (None if spec.measure in named else f"metric: {sorted(named)}")


def freshness(seen: Seen, _: GoldSpec, truth: Truth) -> str | None:
    """The day that the data reach to."""
    days = {str(truth.raw.today.day), str(truth.raw.today.year)}
    return _topic(seen, "freshness") or (None if all(part in seen.text for part in days) else "value: no day")


def stores(seen: Seen, _: GoldSpec, truth: Truth) -> str | None:
    """Every store's name."""
    return _topic(seen, "stores") or _names(seen, set(truth.raw.stores["name"]))


def abilities(seen: Seen, _: GoldSpec, __: Truth) -> str | None:
    """That something can be asked."""
    return _topic(seen, "abilities") or (None if seen.text else "value: nothing is said")


def _of_product(truth: Truth, spec: GoldSpec, column: str) -> Any:
    products = truth.raw.products
    return products.loc[products["product"] == spec.product, column].iloc[0]


def _about(seen: Seen, topic: str, spec: GoldSpec) -> str | None:
    """Whether it is about the one thing that was asked about."""
    where = {name: value for name, value in (("product", spec.product), ("supplier", spec.supplier)) if value}
    return _topic(seen, topic) or tables.filters(seen, GoldSpec(where=where))


def _topic(seen: Seen, wanted: str) -> str | None:
    found = str(seen.document.get("topic"))
    return None if found == wanted else f"topic: {found} instead of {wanted}"


def _says(seen: Seen, wanted: float) -> str | None:
    return None if seen.has(wanted) else f"value: {wanted:.6g} is not there"


def _names(seen: Seen, wanted: set[str]) -> str | None:
    shown = {str(value) for row in seen.rows for value in row.values()}
    missing = {name for name in wanted if name not in shown and name not in seen.text}
    return f"value: {sorted(missing)[:_LEAST]} not named" if missing else None
