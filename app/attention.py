"""What needs a manager's attention now, each in one sentence that leads to the page that shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app import formats, good_sellers, planning_attention
from app.attention_item import Attention
from app.data import Row, Shop, records
from app.filters import Filters
from app.periods import SAME_WEEKDAY_LAST_YEAR
from retail.errors import Refused

_DROP = 0.5
_DROP_DEVIATIONS = 4.0
_LEAST_UNITS_A_WEEK = 20.0


def find(shop: Shop, filters: Filters) -> list[Attention]:
    """Everything that needs attention in the chosen store, the most urgent first."""
    found: list[Attention] = []
    for look in (
        _out_of_stock,
        _low_cover,
        planning_attention.drafts_waiting,
        planning_attention.running_out,
        _drops,
        _stale,
        _quarantined,
        _differing,
    ):
        try:
            found += look(shop, filters)
        except Refused:  # not for this person's eyes, so not for their attention
            continue
    return found


def _out_of_stock(shop: Shop, filters: Filters) -> list[Attention]:
    if not shop.has_stock:
        return []
    missing = good_sellers.out_of_stock(_by_rate_of_sale(shop, filters))
    if not missing:
        return []
    first = missing[0]
    sentence = (
        f"{_pairs(len(missing))} out of stock. Most missed: {formats.plain(first['product'])} in "
        f"{formats.plain(first['store'])}, which sells {formats.number(first['mean_daily_units'], 1)} a day."
    )
    return [
        Attention(
            "Out of stock", "red", sentence, "views/inventory.py", filters.address(department=None, category=None)
        )
    ]


def _low_cover(shop: Shop, filters: Filters) -> list[Attention]:
    if not shop.has_stock:
        return []
    low = good_sellers.running_low(_by_rate_of_sale(shop, filters))
    if not low:
        return []
    first = low[0]
    sentence = (
        f"{_pairs(len(low))} down to less than {good_sellers.LOW_COVER_DAYS:g} days of cover. First to run out: "
        f"{formats.plain(first['product'])} in {formats.plain(first['store'])}, "
        f"{formats.number(first['available'])} left."
    )
    return [
        Attention(
            "Running low", "orange", sentence, "views/inventory.py", filters.address(department=None, category=None)
        )
    ]


def _drops(shop: Shop, filters: Filters, most: int = 3) -> list[Attention]:
    """Products that sold far less in the last 7 days than in the 28 before, not for want of stock, nor by season.

    The fall counts when it is half or more and more than four standard deviations of a Poisson count. It is the
    season's when the same weeks of last year fell by half or more too.
    """
    last = shop.today - timedelta(days=1)
    recent, earlier = _recent_and_earlier(shop, filters, last)
    recent_last_year, earlier_last_year = _recent_and_earlier(shop, filters, last - SAME_WEEKDAY_LAST_YEAR)
    available = _available(shop, filters)
    found = []
    for product, weekly in earlier.items():
        now = recent.get(product, 0.0)
        falls_far = now < weekly * (1 - _DROP) and weekly - now > _DROP_DEVIATIONS * weekly**0.5
        usual = earlier_last_year.get(product, 0.0)
        is_season = usual >= _LEAST_UNITS_A_WEEK and recent_last_year.get(product, 0.0) < usual * (1 - _DROP)
        if weekly >= _LEAST_UNITS_A_WEEK and falls_far and not is_season and available.get(product, 1.0) > 0:
            found.append((weekly - now, product, weekly, now))
    return [
        Attention(
            "Selling less",
            "orange",
            f"{formats.plain(product)} sold {formats.number(now)} in the last 7 days, usually "
            f"{formats.number(weekly)} a week{', though it is not out of stock' if product in available else ''}.",
            "views/sales.py",
            filters.address(product=product, period="last_90_days", department=None, category=None),
        )
        for _, product, weekly, now in sorted(found, reverse=True)[:most]
    ]


def _stale(shop: Shop, _filters: Filters) -> list[Attention]:
    hours = (datetime.now(UTC) - shop.run.published_at).total_seconds() / 3600
    if shop.description.kind == "demo" or hours <= shop.settings.freshness_hours:
        return []
    return [
        Attention(
            "Old data",
            "red",
            f"These numbers were published {formats.ago(hours)} ago; after {shop.settings.freshness_hours} hours they "
            "count as old.",
            "views/data_health.py",
            {},
        )
    ]


def _quarantined(shop: Shop, _filters: Filters) -> list[Attention]:
    rows = records(shop.rows("fct_data_health", ("rows_quarantined",)))
    total = sum(int(row["rows_quarantined"] or 0) for row in rows)
    if not total:
        return []
    sentence = (
        f"{formats.count(total, 'row')} from the source could not be read and {'is' if total == 1 else 'are'} left out."
    )
    return [Attention("Data", "blue", formats.plain(sentence), "views/data_health.py", {})]


def _differing(shop: Shop, _filters: Filters) -> list[Attention]:
    rows = shop.rows("fct_reconciliations", ("check_name", "source", "differing")).rows
    broken = [row for row in rows if row["differing"]]
    if not broken:
        return []
    from_sources = sorted({str(row["source"]) for row in broken if str(row["check_name"]).endswith("_with_source")})
    sentence = f"{formats.count(len(broken), 'check')} of the books {'does' if len(broken) == 1 else 'do'} not add up"
    told = f", some against the totals of {' and '.join(from_sources)} itself" if from_sources else ""
    return [Attention("Data", "blue", formats.plain(f"{sentence}{told}."), "views/data_health.py", {})]


def _by_rate_of_sale(shop: Shop, filters: Filters) -> list[Row]:
    result = shop.query(
        *good_sellers.MEASURES,
        by=("product", "store"),
        where=filters.where(),
        order_by=("-mean_daily_units",),
        limit=good_sellers.LOOKED_AT,
    )
    return records(result)


def _recent_and_earlier(shop: Shop, filters: Filters, last: date) -> tuple[dict[str, float], dict[str, float]]:
    """Units a week by product: of the 7 days up to `last`, and the mean of the 4 weeks before them."""
    recent = _units(shop, filters, last - timedelta(days=6), last)
    earlier = _units(shop, filters, last - timedelta(days=34), last - timedelta(days=7))
    return recent, {product: units / 4 for product, units in earlier.items()}


def _units(shop: Shop, filters: Filters, first: date, last: date) -> dict[str, float]:
    result = shop.query(
        "units_sold",
        by=("product",),
        where=filters.where(),
        first=first,
        last=last,
        order_by=("-units_sold",),
        limit=good_sellers.LOOKED_AT,
    )
    return {str(row["product"]): float(row["units_sold"] or 0) for row in records(result) if row["product"] is not None}


def _available(shop: Shop, filters: Filters) -> dict[str, float]:
    if not shop.has_stock:
        return {}
    result = shop.query("available", by=("product",), where=filters.where())
    return {str(row["product"]): float(row["available"]) for row in records(result) if row["available"] is not None}


def _pairs(count: int) -> str:
    return f"{formats.count(count, 'good seller')} {'is' if count == 1 else 'are'}"
