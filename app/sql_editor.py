"""The analyst's SQL: guarded, read-only, with the result as a table and a file."""

from __future__ import annotations

import streamlit as st

from app import components, formats
from app.data import Shop
from metrics import Result
from retail.errors import TillsightError

_LAST = "analyst_result"
_EXAMPLE = """select store, cast(date_trunc('month', business_date) as date) as month, sum(net_amount) as net_sales
from fct_sale_lines
join dim_stores using (store_id)
where line_type <> 'charge'
group by all
order by month desc, store"""


def show(shop: Shop) -> None:
    """Draw the editor and the result of what was last run."""
    with st.form("sql", border=False):
        text = st.text_area(
            "SQL (DuckDB, reading only)", value=_EXAMPLE, height=190, max_chars=20_000, key="analyst_sql"
        )
        is_sent = st.form_submit_button("Run", type="primary")
    st.caption(
        f"One SELECT over the published tables. At most {shop.settings.query_max_rows:,} rows and "
        f"{shop.settings.query_timeout_seconds:g} seconds."
    )
    if is_sent:
        st.session_state.pop(_LAST, None)
        try:
            with st.spinner("Running"):
                st.session_state[_LAST] = shop.sql(text)
        except TillsightError as error:
            st.error(formats.plain(error))
    if _LAST in st.session_state:
        _result(shop, st.session_state[_LAST])


def _result(shop: Shop, result: Result) -> None:
    st.markdown(":orange-badge[Exploratory]", help="Somebody's own SQL, not checked against the metrics.")
    if not result.rows:
        components.empty("The query gave no rows.")
    else:
        components.table(result.rows, result.columns, shop.currency, "query", alt="Result of the query", height_rows=20)
    components.warnings(result)
    with st.expander("SQL as it ran"):
        st.code(result.sql, language="sql")
