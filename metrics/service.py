"""`Metrics`: the one way to a number. Every path goes compile, guard, execute."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from metrics import data_tests, details, execute, policy
from metrics.catalogue import Catalogue, Metric
from metrics.guard import COMPILED, FREE_SQL, check
from metrics.process import Worker
from metrics.query import Filter, MetricQuery
from metrics.result import Column, Result
from metrics.run import OpenRun
from retail.data_tests import DataTestResults
from retail.errors import Refused
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.workspace import ServingRun, Workspace

_COVERED_SHARE: Final = "margin_covered_share"
_UNCOVERED_WORTH_SAYING: Final = 0.005
_MARGINS: Final = frozenset({"gross_margin", "gross_margin_rate", "cost_of_goods_sold"})


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
        access = run.access(principal)
        for name in query.metrics:
            _check_metric(run.catalogue.metric(name), principal)
        planned, guarded = access.compiled(query)
        rows = execute.run(access.connection, guarded, self._settings.query_timeout_seconds)
        warnings = [*planned.warnings, *self._margin_warnings(query, principal, run), *run.caveats(query)]
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

    def _margin_warnings(self, query: MetricQuery, principal: Principal, run: OpenRun) -> list[str]:
        """Say how much of the sales the margin leaves out, where that is more than half a percent."""
        asked = {run.catalogue.metric(name).name for name in query.metrics}
        if not asked & _MARGINS or asked & set(run.catalogue.unknown) or _COVERED_SHARE not in run.catalogue.metrics:
            return []
        question = query.model_copy(update={"metrics": (_COVERED_SHARE,), "by": (), "order_by": (), "limit": None})
        share = self.query(question, principal).rows[0][_COVERED_SHARE]
        if not isinstance(share, (int, float)) or 1 - share <= _UNCOVERED_WORTH_SAYING:
            return []
        return [f"Cost is unknown for {1 - share:.1%} of net sales here; margin and cost leave those lines out."]


def _check_metric(metric: Metric, principal: Principal) -> None:
    if metric.is_sensitive and not policy.sees_sensitive(principal.role):
        raise Refused(f"The role {principal.role.value} may not see {metric.label.lower()}.", "role")
