"""`Metrics`: the one way to a number. Every path goes compile, guard, execute."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from metrics import contents, details, execute, manifest, plan, policy, stores
from metrics.assemble import assemble
from metrics.catalogue import Catalogue, Metric
from metrics.compile import Compiler
from metrics.contents import Contents, Store
from metrics.database import Sandbox, describe, open_sandbox
from metrics.guard import COMPILED, FREE_SQL, Guarded, check
from metrics.policy import Policy
from metrics.process import Worker
from metrics.query import Filter, MetricQuery
from metrics.result import Column, Result
from retail.errors import NothingPublished, Refused
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
        planned, guarded = run.compiled(query, access)
        rows = execute.run(access.connection, guarded, self._settings.query_timeout_seconds)
        warnings = [*planned.warnings, *self._margin_warnings(query, principal, run), *run.partial(query)]
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


class Access:
    """What one principal may read of one run, and the sandbox that holds them to it."""

    def __init__(self, granted: Policy, sandbox: Sandbox, visible_stores: tuple[Store, ...]) -> None:
        self.policy = granted
        self.sandbox = sandbox
        self.visible_stores = visible_stores
        self.connection = open_sandbox(sandbox)


class OpenRun:
    """One published run: catalogue, compiler, and a sandbox per kind of principal. Never changes."""

    def __init__(self, serving: ServingRun, currency: str, settings: Settings) -> None:
        self.serving = serving
        self._settings = settings
        self._lock = threading.Lock()
        self._accesses: dict[tuple[object, ...], Access] = {}
        semantic, dbt = manifest.read_json(serving.semantic_manifest), manifest.read_json(serving.manifest)
        connection = _open_whole(serving, settings)
        self._contents: Contents = contents.read(connection)
        metrics = manifest.metrics_of(semantic)
        models = manifest.models_of(dbt, self._contents.schema, serving.run.tables)
        self._schema = {name: self._contents.schema[name] for name in models}
        self.catalogue = Catalogue(
            run_id=serving.run.run_id,
            metrics=metrics,
            dimensions=manifest.dimensions_of(semantic, self._contents.schema),
            models=models,
            as_of=serving.run.as_of_date,
            first_date=self._contents.first_date,
            last_date=self._contents.last_date,
            currency=currency,
            unknown=contents.unknown_metrics(connection, self._contents, metrics.values()),
        )
        connection.close()
        self._compiler = Compiler(serving.semantic_manifest)
        self._planned = lru_cache(maxsize=1000)(self._plan)

    def access(self, principal: Principal) -> Access:
        """The sandbox for a principal, opened once for everybody who may see the same.

        Raises:
            UnusableRequest: A store that the principal is held to does not exist.
        """
        seen = tuple(sorted({stores.resolve(s, self._contents.stores) for s in principal.stores}, key=_store_id))
        ids = None if principal.sees_every_store else tuple(store.store_id for store in seen)
        key = (principal.role, ids)
        with self._lock:
            if key not in self._accesses:
                granted = policy.for_principal(self._schema, principal, ids)
                sandbox = describe(self.serving.database, granted, self._settings)
                visible = self._contents.stores if ids is None else seen
                self._accesses[key] = Access(granted, sandbox, visible)
            return self._accesses[key]

    def compiled(self, query: MetricQuery, access: Access) -> tuple[plan.Plan, Guarded]:
        """Plan, SQL and guard of a query, remembered for this run and what the principal may see."""
        return self._planned(query, access)

    def partial(self, query: MetricQuery) -> list[str]:
        """Sentences on sources that do not give what the metrics need."""
        asked = [self.catalogue.metric(name) for name in query.metrics]
        known = [metric for metric in asked if metric.name not in self.catalogue.unknown]
        return [sentence for metric in known for sentence in contents.partly_known(metric, self._contents)]

    def _plan(self, query: MetricQuery, access: Access) -> tuple[plan.Plan, Guarded]:
        planned = plan.make(query, self.catalogue, access.visible_stores)
        sql = assemble(planned, self._compiler)
        guarded = check(sql, access.policy, self._settings.query_max_rows, COMPILED)
        names = tuple(column.name for column in planned.columns)
        return planned, Guarded(guarded.sql, names, guarded.most_rows)


def _open_whole(serving: ServingRun, settings: Settings):  # type: ignore[no-untyped-def]
    import duckdb

    try:
        return open_sandbox(Sandbox(str(serving.database), settings.query_memory_limit, settings.threads, ()))
    except duckdb.Error as error:
        raise NothingPublished(f"{serving.database} cannot be opened: {error}. Run `tillsight run` again.") from error


def _check_metric(metric: Metric, principal: Principal) -> None:
    if metric.is_sensitive and not policy.sees_sensitive(principal.role):
        raise Refused(f"The role {principal.role.value} may not see {metric.label.lower()}.", "role")


def _store_id(store: Store) -> str:
    return store.store_id
