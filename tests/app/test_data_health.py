"""The data-health page over two sources: what each brought and lacks, and where the books and the sources disagree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from app import formats
from retail.operational.run_log import RunLog
from retail.settings import Settings
from retail.workspace import Workspace

pytestmark = pytest.mark.xdist_group("app")

OpenPage = Callable[..., AppTest]
ODOO = """
insert into marts.fct_data_health by name
select 'odoo' as source, 'sale_lines' as table_name, true as is_available, 900 as row_count, 1 as files,
    1000 as rows_read, 990 as rows_accepted, 10 as rows_quarantined, 0 as exact_duplicates;
insert into marts.fct_loads values
    ('odoo', 'pos.order.line', 'sale_lines', 1000, 990, 10, timestamptz '2025-06-13 04:00:00+00');
insert into marts.fct_quarantine by name
select 'odoo' as source, 'sale_lines' as table_name, 'pos.order.line' as file, 'no product' as reason
from range(10);
insert into marts.dim_capabilities values
    ('odoo', 'promotions', false, 'The login may not read loyalty.program: grant it, see docs/connect/odoo.md.');
insert into marts.fct_reconciliations by name
select 'net_sales_agree_with_source' as check_name, 'odoo' as source, 'Money of the days.' as description,
    'here' as ours_is, 'in the source' as theirs_is, 400 as compared, 2 as differing, 12.5 as largest_difference,
    false as is_invariant
union all by name
select 'on_hand_agrees_with_source' as check_name, 'odoo' as source, 'Stock of products.' as description,
    'here' as ours_is, 'in the source' as theirs_is, 70 as compared, 1500 as differing, 3 as largest_difference,
    false as is_invariant;
insert into marts.fct_reconciliation_differences by name
select 'odoo' as source, 'net_sales_agree_with_source' as check_name, store_id, date '2025-06-02' as business_date,
    'USD' as currency, 100 as ours, 112.5 as theirs, -12.5 as difference
from (select min(store_id) as store_id from marts.dim_stores)
union all by name
select 'odoo' as source, 'net_sales_agree_with_source' as check_name, 'odoo:gone' as store_id,
    date '2025-06-04' as business_date, 'USD' as currency, 9 as ours, 0 as theirs, 9 as difference
union all by name
select 'odoo' as source, 'on_hand_agrees_with_source' as check_name, product_id, 1 as ours, 4 as theirs,
    -3 as difference
from (select min(product_id) as product_id from marts.dim_products)
"""


@pytest.fixture
def two_sources(small_copy: Workspace) -> Workspace:
    """The small demo's files, and an Odoo that lacks a right and whose totals differ."""
    with duckdb.connect(str(small_copy.published().database)) as connection:
        connection.execute(ODOO)
    log = RunLog.open(small_copy, Settings())
    log.start("r2", "schedule")
    with log.step("r2", "ingest odoo") as step:
        step.has_failed, step.message = True, "odoo: pos.order.line: the server answered 500. Run again later."
    log.finish("r2", "published")
    log.close()
    return small_copy


def said(app: AppTest) -> str:
    blocks = (app.markdown, app.caption, app.warning, app.error)
    return " ".join(element.value for block in blocks for element in block).replace("\\", "")


def table(app: AppTest, *columns: str) -> list[dict[str, object]]:
    """The first table with all of these columns."""
    frame = next(element.value for element in app.dataframe if {*columns} <= {*element.value.columns})
    return [{name: row[name] for name in columns} for row in frame.to_dict("records")]


def figure(app: AppTest, label: str) -> str:
    return next(metric.value for metric in app.metric if metric.label == label)


def test_each_source_has_a_row_with_its_last_sync_its_rows_and_its_checks(
    open_page: OpenPage, two_sources: Workspace
) -> None:
    app = open_page(two_sources, "data_health")
    rows = table(app, "source", "status", "rows_read", "rows_accepted", "rows_quarantined", "differing")
    assert [row["source"] for row in rows] == ["files", "odoo"]
    assert rows[0]["status"] == "succeeded"
    assert rows[0]["rows_read"] == rows[0]["rows_accepted"]
    assert rows[1] | {"source": "odoo"} == {
        "source": "odoo", "status": "failed", "rows_read": 1000, "rows_accepted": 990, "rows_quarantined": 10,
        "differing": 2,
    }  # fmt: skip
    assert "the server answered 500" in app.warning[0].value.replace("\\", "")


def test_one_source_alone_can_be_shown_by_its_address(open_page: OpenPage, two_sources: Workspace) -> None:
    app = open_page(two_sources, "data_health", source="odoo")
    assert not app.exception
    assert [figure(app, label) for label in ("Rows read", "Rows accepted", "Rows left out")] == ["1,000", "990", "10"]
    assert table(app, "file", "rows_accepted", "last_loaded_at")[0]["file"] == "pos.order.line"
    assert {row["source"] for row in table(app, "description", "source")} == {"odoo"}
    assert len(table(app, "reason", "file")) == 10
    app.selectbox(key="health_source").select("files").run()
    assert "source" in app.query_params
    assert {row["source"] for row in table(app, "description", "source")} == {"files"}


def test_an_address_with_an_unknown_source_shows_every_source(open_page: OpenPage, two_sources: Workspace) -> None:
    app = open_page(two_sources, "data_health", source="<script>alert(1)</script>")
    assert not app.exception
    assert app.selectbox(key="health_source").value == ""
    assert "source" not in app.query_params


def test_what_is_missing_stands_there_with_what_to_do(open_page: OpenPage, two_sources: Workspace) -> None:
    text = said(open_page(two_sources, "data_health"))
    assert "promotions** (odoo)" in text
    assert "The login may not read loyalty" in text


def test_a_check_that_differs_shows_its_days_as_a_table_and_a_picture(
    open_page: OpenPage, two_sources: Workspace
) -> None:
    app = open_page(two_sources, "data_health")
    picker = app.selectbox(key="health_check")
    assert [option.split(":")[0] for option in picker.options] == ["odoo", "odoo"]
    picker.select_index(1).run()  # the checks with most differences come first
    rows = table(app, "business_date", "store", "ours", "theirs", "difference")
    assert [(row["business_date"], row["ours"], row["theirs"], row["difference"]) for row in rows] == [
        (date(2025, 6, 2), 100, 112.5, -12.5),
        (date(2025, 6, 4), 9, 0, 9),
    ]
    assert rows[1]["store"] == "odoo:gone"
    assert len(app.get("vega_lite_chart")) == 1


def test_a_check_of_stock_names_products_has_no_picture_and_says_that_there_is_more(
    open_page: OpenPage, two_sources: Workspace
) -> None:
    app = open_page(two_sources, "data_health")
    rows = table(app, "product", "ours", "theirs", "difference")
    assert len(rows) == 1
    assert not str(rows[0]["product"]).startswith("files:")
    assert "the largest 1 of 1,500" in said(app)
    assert not app.get("vega_lite_chart")


def test_a_source_without_totals_of_its_own_is_told_so_and_has_no_false_alarm(
    open_page: OpenPage, small_workspace: Workspace
) -> None:
    app = open_page(small_workspace, "data_health")
    assert "reports no totals of its own" in said(app)
    assert {row["verdict"] for row in table(app, "verdict", "description")} == {"adds up"}
    assert "health_check" not in [box.key for box in app.selectbox]
    assert "health_source" not in [box.key for box in app.selectbox]


def test_rows_that_are_neither_accepted_nor_left_out_are_told(open_page: OpenPage, small_copy: Workspace) -> None:
    with duckdb.connect(str(small_copy.published().database)) as connection:
        connection.execute("update marts.fct_data_health set rows_read = rows_read + 5 where table_name = 'sales'")
    app = open_page(small_copy, "data_health")
    assert "which is not all of them" in app.warning[0].value


def test_a_run_published_before_there_were_places_says_that_the_next_one_brings_them(
    open_page: OpenPage, two_sources: Workspace
) -> None:
    path = two_sources.published().folder / "run.json"
    text = path.read_text()
    for table_name in ("fct_loads", "fct_reconciliation_differences"):
        text = text.replace(f'"{table_name}"', f'"{table_name}_before"')
    path.write_text(text)
    app = open_page(two_sources, "data_health")
    assert not app.error
    assert said(app).count("The next run brings them") == 2


def test_staff_of_one_store_see_the_page_without_what_is_not_of_a_store(
    open_page: OpenPage, two_sources: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", "staff")
    monkeypatch.setenv("TILLSIGHT_APP_STORES", '["S1"]')
    app = open_page(two_sources, "data_health", source="odoo")
    assert not app.exception
    assert not app.error
    assert formats.MISSING not in [metric.value for metric in app.metric]


def test_today_says_that_a_sources_own_totals_differ(open_page: OpenPage, two_sources: Workspace) -> None:
    app = open_page(two_sources, "today")
    sentences = [link.proto.label.replace("\\", "") for link in app.get("page_link")]
    assert "2 checks of the books do not add up, some against the totals of odoo itself." in " ".join(sentences)
