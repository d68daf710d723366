"""Compiling with MetricFlow in this process. No value that a person wrote ever reaches its templates."""

from __future__ import annotations

import threading
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import sqlglot
from sqlglot import exp

from metrics.plan import METRIC_TIME, Condition, Part, Split
from metrics.query import Scalar
from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from metricflow.protocols.sql_client import SqlClient

_MARK: Final = "tillsight_value_"
_LOCK: Final = threading.Lock()
"""MetricFlow numbers its parts with a counter that all engines of a process share."""


class Compiler:
    """The MetricFlow engine of one published run; made when it is first needed (its import takes a second)."""

    def __init__(self, semantic_manifest: Path) -> None:
        self._semantic_manifest = semantic_manifest
        self._engine: Any = None

    def compile(self, part: Part) -> exp.Expr:
        """The SQL of one part as a tree, with MetricFlow's column names.

        Raises:
            UnusableRequest: MetricFlow cannot answer this combination.
        """
        marks: dict[str, exp.Expr] = {}
        where = [_template(condition, marks) for condition in (*part.conditions, *_period(part))]
        with _LOCK:
            sql = self._explain(part, where)
        tree: exp.Expr = sqlglot.parse_one(sql, read="duckdb")
        for literal in list(tree.find_all(exp.Literal)):
            if literal.is_string and literal.name in marks:
                literal.replace(marks[literal.name].copy())
        return tree

    def _explain(self, part: Part, where: list[str]) -> str:
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
        from metricflow_semantics.errors.error_classes import InformativeUserError

        if self._engine is None:
            self._engine = _make_engine(self._semantic_manifest)
        request = MetricFlowQueryRequest.create(
            metric_names=part.metrics,
            group_by=[_group_by(split) for split in part.splits] or None,
            where_constraints=where or None,
        )
        try:
            return str(self._engine.explain(request).sql_statement.sql)
        except InformativeUserError as error:
            raise UnusableRequest(
                f"{', '.join(part.metrics)} cannot be split or filtered like that "
                f"(by {', '.join(split.short for split in part.splits) or 'nothing'})."
            ) from error


def output_name(split: Split) -> str:
    """The name that MetricFlow gives the column of a split."""
    if split.name != METRIC_TIME:
        return split.name
    return f"{METRIC_TIME}__extract_dow" if split.short == "weekday" else f"{METRIC_TIME}__{split.short}"


def _period(part: Part) -> list[Condition]:
    """The period as conditions on the day. MetricFlow's own time constraint widens to whole weeks or months."""
    bounds = ((">=", part.from_date), ("<=", part.to_date))
    return [Condition("day", METRIC_TIME, operator, (day,)) for operator, day in bounds if day is not None]


def _template(condition: Condition, marks: dict[str, exp.Expr]) -> str:
    """A condition as MetricFlow wants it, with a mark in the place of each value."""
    written = []
    for value in condition.values:
        mark = f"{_MARK}{len(marks)}"
        marks[mark] = _literal(value)
        written.append(f"'{mark}'")
    values = f"({', '.join(written)})" if condition.operator == "in" else written[0]
    if condition.short == "weekday":
        left = f"EXTRACT(isodow FROM {{{{ TimeDimension('{METRIC_TIME}', 'day') }}}})"
    elif condition.name == METRIC_TIME:
        left = f"{{{{ TimeDimension('{METRIC_TIME}', '{condition.short}') }}}}"
    elif condition.name == condition.short:
        left = f"{{{{ Entity('{condition.name}') }}}}"
    else:
        left = f"{{{{ Dimension('{condition.name}') }}}}"
    operator = "IS DISTINCT FROM" if condition.operator == "!=" else condition.operator.upper()
    return f"{left} {operator} {values}"


def _literal(value: Scalar) -> exp.Expr:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, (date, datetime)):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    if isinstance(value, (int, float, Decimal)):
        number = exp.Literal.number(format(abs(value), "f"))
        return exp.Neg(this=number) if value < 0 else number
    return exp.Literal.string(value)


def _group_by(split: Split) -> Any:
    from metricflow_semantic_interfaces.type_enums.date_part import DatePart
    from metricflow_semantics.specs.query_param_implementations import (
        DimensionOrEntityParameter,
        TimeDimensionParameter,
    )

    if split.name != METRIC_TIME:
        return DimensionOrEntityParameter(split.name)
    if split.short == "weekday":
        return TimeDimensionParameter(METRIC_TIME, date_part=DatePart.DOW)
    return TimeDimensionParameter(METRIC_TIME, grain=split.short)


def _make_engine(semantic_manifest: Path) -> Any:
    from metricflow.engine.metricflow_engine import MetricFlowEngine
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    class Dialect:
        """All that MetricFlow needs of a client to explain: the dialect. It cannot run anything."""

        sql_engine_type = SqlEngine.DUCKDB
        sql_plan_renderer = DuckDbSqlPlanRenderer()

    manifest = parse_manifest_from_dbt_generated_manifest(manifest_json_string=semantic_manifest.read_text())
    client = cast("SqlClient", Dialect())
    return MetricFlowEngine(semantic_manifest_lookup=SemanticManifestLookup(manifest), sql_client=client)
