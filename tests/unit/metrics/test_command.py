"""The commands `metrics list`, `metrics query` and `sql`: documents as other programs read them."""

from __future__ import annotations

import json

import duckdb
import pytest
import typer
from typer.testing import CliRunner, Result

from cli.context import CliContext
from cli.metrics import metrics_app, sql_command
from retail.errors import Refused, UnusableRequest
from retail.settings import Settings
from retail.vocabulary import Role
from retail.workspace import Workspace


def call(workspace: Workspace, *arguments: str, role: Role = Role.SUPERADMIN, stores: tuple[str, ...] = ()) -> Result:
    app = typer.Typer()
    app.add_typer(metrics_app, name="metrics")
    app.command("sql")(sql_command)
    settings = Settings(home=workspace.root.parent)
    return CliRunner().invoke(app, arguments, obj=CliContext(settings, workspace.name, role, stores))


def test_the_list_has_what_a_program_needs(workspace: Workspace) -> None:
    listed = json.loads(call(workspace, "metrics", "list", "--json").stdout)["metrics"]
    net_sales = next(metric for metric in listed if metric["name"] == "net_sales")
    assert net_sales["label"] == "Net sales"
    assert net_sales["unit"] == "currency"
    assert "revenue" in net_sales["synonyms"]
    assert {"store", "category", "hour", "week", "weekday"} <= set(net_sales["dimensions"])
    staff = json.loads(call(workspace, "metrics", "list", "--json", role=Role.STAFF).stdout)["metrics"]
    assert {metric["name"] for metric in listed} > {metric["name"] for metric in staff}


def test_a_query_prints_one_document(workspace: Workspace) -> None:
    document = json.loads(
        call(
            workspace, "metrics", "query", "revenue,transactions", "--by", "store,week", "--where", "store = 'S2'",
            "--where", "hour >= 9", "--from", "2025-01-01", "--to", "2025-01-05", "--limit", "1", "--json",
        ).stdout
    )  # fmt: skip
    assert document["columns"] == ["store", "week", "revenue", "transactions"]
    with duckdb.connect(workspace.published().database, read_only=True) as plain:
        revenue, transactions = plain.execute(
            "select sum(net_amount)::double, count(distinct sale_id) filter (where quantity > 0) "
            "from marts.fct_sale_lines "
            "where store_id = 'files:S2' and business_date between '2025-01-01' and '2025-01-05'"
        ).fetchone()
    assert document["rows"] == [
        {"store": "Old Town", "week": "2024-12-30", "revenue": revenue, "transactions": transactions}
    ]
    assert document["as_of"] == "2025-01-19"
    assert document["warnings"] == []
    assert document["sql"].startswith("SELECT")


def test_rows_that_were_cut_off_are_said_so_in_the_warnings(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLSIGHT_QUERY_MAX_ROWS", "1")
    document = json.loads(call(workspace, "metrics", "query", "net_sales", "--by", "store", "--json").stdout)
    assert len(document["rows"]) == 1
    assert document["truncated"] is True
    assert "There are more rows" in document["warnings"][0]


def test_sql_prints_what_ran(workspace: Workspace) -> None:
    document = json.loads(call(workspace, "sql", "select store from dim_stores order by 1", "--json").stdout)
    assert document["columns"] == ["store"]
    assert document["truncated"] is False
    assert '"warehouse"."marts"."dim_stores"' in document["sql"]


def test_without_json_a_table_is_printed(workspace: Workspace) -> None:
    shown = call(workspace, "metrics", "query", "net_sales", "--by", "store", "--order=-net_sales").stdout
    assert shown.splitlines()[1].split() == ["Old", "Town", "1,624"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("metrics", "query", "nothing"), UnusableRequest),
        (("metrics", "query", ","), UnusableRequest),
        (("metrics", "query", "net_sales", "--from", "yesterday"), UnusableRequest),
        (("metrics", "query", "net_sales", "--limit", "0"), UnusableRequest),
        (("metrics", "query", "net_sales", "--where", "store"), UnusableRequest),
        (("sql", "drop table x"), Refused),
    ],
)
def test_what_is_unusable_or_refused_is_an_error_of_that_kind(workspace: Workspace, arguments, error) -> None:
    assert isinstance(call(workspace, *arguments).exception, error)


def test_role_and_stores_come_through(workspace: Workspace) -> None:
    shown = call(workspace, "metrics", "query", "net_sales", "--by", "store", "--json", stores=("S1",))
    assert [row["store"] for row in json.loads(shown.stdout)["rows"]] == ["Harbour"]
    assert isinstance(call(workspace, "metrics", "query", "profit", role=Role.STAFF).exception, Refused)
    assert isinstance(call(workspace, "sql", "select 1", role=Role.MANAGER).exception, Refused)
