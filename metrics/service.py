"""`Metrics`: the one way to a number. Every path goes compile, guard, execute."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from metrics import cost_coverage, data_tests, details, execute, policy, unmatched
from metrics.catalogue import Catalogue, Metric
from metrics.guard import COMPILED, FREE_SQL, Guarded, check
from metrics.plan import Plan
from metrics.process import Worker
from metrics.query import Filter, MetricQuery
from metrics.result import Column, Result, Row
from metrics.run import OpenRun
from metrics.values import ValueIndex
from retail.data_tests import DataTestResults
from retail.errors import Refused
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.workspace import ServingRun, Workspace


class Metrics:
    """The published run of a workspace, open for questions. Safe to share between threads.

    `refresh` picks up a newer run; what was asked before goes on undisturbed.
    """

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self._workspace = workspace
        self._settings = settings
        self._lock = threading.Lock()
        self._worker = Worker()
        self._run = OpenRun(workspace.published(), workspace.describe().reporting_currency, settings)

    @classmethod
    def open(cls, workspace: Workspace, settings: Settings | None = None) -> Metrics:
        """Open the run that readers should use now.

        Raises:
            NothingPublished: The workspace has no published run, or a broken one.
        """
        return cls(workspace, settings or Settings())

    @property
    def catalogue(self) -> Catalogue:
        """What can be asked of the run that is open."""
        return self._run.catalogue

    @property
    def serving(self) -> ServingRun:
        """The published run that is open."""
        return self._run.serving

    @property
    def data_tests(self) -> DataTestResults | None:
        """What dbt's tests said of the run that is open; none where it was published without their results.

        Raises:
            NothingPublished: The results cannot be read.
        """
        return data_tests.read(self._run.serving)

    def refresh(self) -> bool:
        """Open a newer run if there is one; cheap when there is none. True if a newer one was picked up."""
        published = self._workspace.published()
        if published.run.run_id == self._run.serving.run.run_id:
            return False
        with self._lock:
            if published.run.run_id == self._run.serving.run.run_id:
                return False
            self._run = OpenRun(published, self._workspace.describe().reporting_currency, self._settings)
        return True

    def close(self) -> None:
        """End the worker process; a later question starts it again."""
        self._worker.close()

    def query(self, query: MetricQuery, principal: Principal = LOCAL) -> Result:
        """Answer a metric query.

        Raises:
            UnusableRequest: A name, value or combination does not exist; the nearest are in the message.
            Refused: The principal may not see it.
            QueryTimeout: It took too long.
        """
        run = self._run
        planned, guarded, rows = self._answer(query, principal, run)
        warnings = [
            *planned.warnings,
            *self._unmatched_warnings(planned, rows.rows, query, principal, run),
            *self._cost_warnings(query, principal, run),
            *run.caveats(query),
        ]
        return Result(
            planned.columns, rows.rows, guarded.sql, run.catalogue.as_of, tuple(dict.fromkeys(warnings)), rows.truncated
        )

    def rows(
        self,
        model: str,
        *,
        columns: Sequence[str] = (),
        where: Sequence[Filter] = (),
        order_by: Sequence[str] = (),
        limit: int | None = None,
        principal: Principal = LOCAL,
    ) -> Result:
        """Rows of a published table without aggregation; no columns named means every one the principal may see.

        Raises:
            UnusableRequest: The table or a column does not exist.
            Refused: The principal may not see the table or a column.
        """
        run = self._run
        access = run.access(principal)
        wanted = tuple(columns) or tuple(access.policy.tables.get(model, ()))
        sql, described = details.select_rows(run.catalogue, model, wanted, where, order_by, limit)
        guarded = check(sql, access.policy, self._settings.query_max_rows, COMPILED)
        rows = execute.run(access.connection, guarded, self._settings.query_timeout_seconds)
        return Result(described, rows.rows, guarded.sql, run.catalogue.as_of, (), rows.truncated)

    def sql(self, sql: str, principal: Principal = LOCAL) -> Result:
        """Run a SELECT that a person wrote, in the worker process.

        Raises:
            Refused: The role may not write SQL, or the guard says no; the message says why.
            QueryTimeout: It took too long and was stopped.
            UnusableRequest: It cannot be computed.
        """
        policy.require_free_sql(principal)
        run = self._run
        access = run.access(principal)
        guarded = check(sql, access.policy, self._settings.query_max_rows, FREE_SQL)
        answer = self._worker.run(access.sandbox, guarded.sql, self._settings.query_timeout_seconds)
        rows = execute.shape(guarded, *answer)
        columns = tuple(
            Column(name, name, "date" if kind == "DATE" else None, "column")
            for name, kind in zip(guarded.columns, rows.types, strict=True)
        )
        return Result(columns, rows.rows, guarded.sql, run.catalogue.as_of, (), rows.truncated)

    def values(self, principal: Principal = LOCAL) -> ValueIndex:
        """Names of stores, products, suppliers and the like that the principal may see, for finding them in a question.

        Raises:
            QueryTimeout: It took too long.
        """
        return self._run.access(principal).values()

    def _answer(self, query: MetricQuery, principal: Principal, run: OpenRun) -> tuple[Plan, Guarded, execute.Rows]:
        access = run.access(principal)
        for name in query.metrics:
            _check_metric(run.catalogue.metric(name), principal)
        planned, guarded = access.compiled(query)
        return planned, guarded, execute.run(access.connection, guarded, self._settings.query_timeout_seconds)

    def _unmatched_warnings(
        self, planned: Plan, rows: list[Row], query: MetricQuery, principal: Principal, run: OpenRun
    ) -> list[str]:
        """Name the comparisons that match nothing, where the answer holds nothing."""
        if not query.where or not unmatched.is_empty(rows, query.metrics):
            return []
        access = run.access(principal)

        def ask(names: Plan) -> list[Row]:
            return execute.run(access.connection, access.guarded(names), self._settings.query_timeout_seconds).rows

        return unmatched.sentences(planned, run.catalogue, ask)

    def _cost_warnings(self, query: MetricQuery, principal: Principal, run: OpenRun) -> list[str]:
        """Say what margin and stock value leave out for want of a cost."""

        def ask(names: tuple[str, ...]) -> Row:
            return self._answer(cost_coverage.question(query, names), principal, run)[2].rows[0]

        return cost_coverage.sentences(query, run.catalogue, ask)


def _check_metric(metric: Metric, principal: Principal) -> None:
    if metric.is_sensitive and not policy.sees_sensitive(principal.role):
        raise Refused(f"The role {principal.role.value} may not see {metric.label.lower()}.", "role")
