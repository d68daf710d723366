"""`tillsight metrics list`, `tillsight metrics query` and `tillsight sql`: numbers from the published run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import CliContext, of
from cli.output import harmless, print_drawn, print_json, print_note
from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from metrics import Column, MetricQuery, Metrics, Result
    from metrics.catalogue import Metric
    from metrics.result import Row

metrics_app = typer.Typer(help="Metrics of the published run.", rich_markup_mode=None, no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@metrics_app.command("list")
def list_metrics(context: typer.Context, as_json: AsJson = False) -> None:
    """List the metrics with unit, meaning, dimensions and synonyms."""
    from metrics.policy import sees_sensitive

    command = of(context)
    shown = [
        metric
        for metric in _open(command).catalogue.metrics.values()
        if sees_sensitive(command.role) or not metric.is_sensitive
    ]
    if as_json:
        print_json({"metrics": [_describe(metric) for metric in shown]})
        return
    _print_table(("metric", "unit", "meaning"), [(metric.name, metric.unit, metric.description) for metric in shown])


@metrics_app.command("query")
def query_metrics(
    context: typer.Context,
    names: Annotated[str, typer.Argument(metavar="METRIC[,METRIC]", help="Metrics, by name or synonym.")],
    by: Annotated[str, typer.Option(help="Dimensions and periods to split by, with commas: store,week.")] = "",
    where: Annotated[list[str] | None, typer.Option(help="One comparison, such as \"department = 'Dairy'\".")] = None,
    from_date: Annotated[str | None, typer.Option("--from", help="First business day, such as 2025-03-01.")] = None,
    to_date: Annotated[str | None, typer.Option("--to", help="Last business day, inclusive.")] = None,
    order: Annotated[str, typer.Option(help="Columns to order by, with commas; -net_sales is largest first.")] = "",
    limit: Annotated[int | None, typer.Option(help="Most rows to print.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compute metrics, split by dimensions and periods."""
    query = _query(names, by, where or [], _date(from_date), _date(to_date), order, limit)
    command = of(context)
    result = _open(command).query(query, command.principal())
    if as_json:
        document = {"columns": [column.name for column in result.columns], "rows": result.rows, "sql": result.sql}
        print_json({**document, "as_of": result.as_of, "warnings": _warnings(result), "truncated": result.truncated})
        return
    _print_result(result)


def sql_command(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(metavar="SELECT", help="One SELECT over the tables of the marts.")],
    as_json: AsJson = False,
) -> None:
    """Run a read-only SELECT over the published tables; the guard says why where it refuses."""
    command = of(context)
    metrics = _open(command)
    try:
        result = metrics.sql(statement, command.principal())
    finally:
        metrics.close()
    if as_json:
        columns = [column.name for column in result.columns]
        print_json({"columns": columns, "rows": result.rows, "truncated": result.truncated, "sql": result.sql})
        return
    _print_result(result)


def _open(command: CliContext) -> Metrics:
    from metrics import Metrics

    return Metrics.open(command.workspace(), command.settings)


def _query(
    names: str, by: str, where: list[str], first: date | None, last: date | None, order: str, limit: int | None
) -> MetricQuery:
    from pydantic import ValidationError

    from metrics import MetricQuery, parse_where

    try:
        return MetricQuery(
            metrics=_names(names),
            by=_names(by),
            where=tuple(parse_where(text) for text in where),
            from_date=first,
            to_date=last,
            order_by=_names(order),
            limit=limit,
        )
    except ValidationError as error:
        problem = error.errors()[0]
        raise UnusableRequest(f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}.") from error


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnusableRequest(f"{text[:40]!r} is no date. Write it as 2025-03-01.") from error


def _describe(metric: Metric) -> dict[str, object]:
    return {
        "name": metric.name,
        "label": metric.label,
        "unit": metric.unit,
        "dimensions": list(metric.splits),
        "synonyms": list(metric.synonyms),
        "description": metric.description,
        "additivity": metric.additivity,
        "kind": metric.kind,
    }


def print_rows(columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Print a result as a table; columns by their names."""
    names = tuple(column.name for column in columns)
    _print_table(names, [tuple(_text(row.get(name)) for name in names) for row in rows])


def _print_result(result: Result) -> None:
    print_rows(result.columns, result.rows)
    for warning in _warnings(result):
        print_note(warning)


def _warnings(result: Result) -> list[str]:
    if not result.truncated:
        return list(result.warnings)
    more = f"There are more rows; the first {len(result.rows)} are here. TILLSIGHT_QUERY_MAX_ROWS allows more."
    return [*result.warnings, more]


def _print_table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in header:
        table.add_column(Text(harmless(name)))
    for row in rows:
        table.add_row(*(Text(harmless(cell)) for cell in row))
    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(table)
    print_drawn(captured.get().rstrip("\n"))


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)
