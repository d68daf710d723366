"""One published run, open: its catalogue, its compiler, and a sandbox for each kind of principal."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import duckdb

from metrics import contents, execute, manifest, names, plan, policy, stores
from metrics.assemble import assemble
from metrics.catalogue import Catalogue
from metrics.compile import Compiler
from metrics.contents import Store
from metrics.database import Sandbox, describe, open_sandbox
from metrics.guard import COMPILED, Guarded, check
from metrics.policy import Policy
from metrics.query import MetricQuery
from metrics.result import Row
from metrics.values import ValueIndex
from retail.errors import NothingPublished
from retail.principal import Principal
from retail.settings import Settings
from retail.workspace import ServingRun

_OPEN_SANDBOXES: Final = 8
_REMEMBERED_QUERIES: Final = 500

Compiled = tuple[plan.Plan, Guarded]


class Access:
    """What one principal may read of one run, the sandbox that holds them to it, and the queries compiled for it."""

    def __init__(
        self,
        granted: Policy,
        sandbox: Sandbox,
        visible_stores: tuple[Store, ...],
        compile_query: Callable[[MetricQuery, Policy, tuple[Store, ...]], Compiled],
        guard_plan: Callable[[plan.Plan, Policy], Guarded],
        settings: Settings,
    ) -> None:
        self.policy = granted
        self.sandbox = sandbox
        self._settings = settings
        self._lock = threading.Lock()
        self._values: ValueIndex | None = None
        self.connection = open_sandbox(sandbox)

        @lru_cache(maxsize=_REMEMBERED_QUERIES)
        def compiled(query: MetricQuery) -> Compiled:
            return compile_query(query, granted, visible_stores)

        self.compiled = compiled

        def guarded(planned: plan.Plan) -> Guarded:
            return guard_plan(planned, granted)

        self.guarded = guarded

    def values(self) -> ValueIndex:
        """Every name that the principal may see; read when it is first asked for."""
        with self._lock:
            if self._values is None:
                self._values = names.read(self.policy, self._names)
            return self._values

    def _names(self, sql: str) -> list[Row]:
        guarded = check(sql, self.policy, names.MOST_NAMES, COMPILED)
        return execute.run(self.connection, guarded, self._settings.query_timeout_seconds).rows


class OpenRun:
    """One published run. It never changes; a newer run is another object."""

    def __init__(self, serving: ServingRun, currency: str, settings: Settings) -> None:
        self.serving = serving
        self._settings = settings
        self._lock = threading.Lock()
        self._accesses: OrderedDict[tuple[object, ...], Access] = OrderedDict()
        self._compiler = Compiler(serving.semantic_manifest)
        semantic, dbt = manifest.read_json(serving.semantic_manifest), manifest.read_json(serving.manifest)
        metrics = manifest.metrics_of(semantic)
        with _open_whole(serving, settings) as connection:
            self._contents = contents.read(connection)
            unknown = contents.unknown_metrics(connection, self._contents, metrics.values())
            newest = contents.newest_days(connection, self._contents, metrics.values())
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
            unknown=unknown,
            newest=newest,
        )

    def access(self, principal: Principal) -> Access:
        """The sandbox for a principal, opened once for everybody who may see the same; the oldest unused ones go.

        Raises:
            UnusableRequest: A store that the principal is held to does not exist.
        """
        known = self._contents.stores
        visible = tuple(dict.fromkeys(stores.resolve(reference, known) for reference in principal.stores)) or known
        ids = None if principal.sees_every_store else tuple(sorted(store.store_id for store in visible))
        key = (principal.role, ids)
        with self._lock:
            if key not in self._accesses:
                granted = policy.for_principal(self._schema, principal, ids)
                sandbox = describe(self.serving.database, granted, self._settings)
                self._accesses[key] = Access(granted, sandbox, visible, self._compile, self._guard, self._settings)
            self._accesses.move_to_end(key)
            while len(self._accesses) > _OPEN_SANDBOXES:
                self._accesses.popitem(last=False)
            return self._accesses[key]

    def caveats(self, query: MetricQuery) -> list[str]:
        """Sentences on what the data behind known metrics lack: sources without a table, amounts without a rate."""
        asked = [self.catalogue.metric(name) for name in query.metrics]
        known = [metric for metric in asked if metric.name not in self.catalogue.unknown]
        return [sentence for metric in known for sentence in contents.caveats(metric, self._contents)]

    def _compile(self, query: MetricQuery, granted: Policy, visible_stores: tuple[Store, ...]) -> Compiled:
        planned = plan.make(query, self.catalogue, visible_stores)
        return planned, self._guard(planned, granted)

    def _guard(self, planned: plan.Plan, granted: Policy) -> Guarded:
        guarded = check(assemble(planned, self._compiler), granted, self._settings.query_max_rows, COMPILED)
        names = tuple(column.name for column in planned.columns)
        return Guarded(guarded.sql, names, guarded.most_rows)


def _open_whole(serving: ServingRun, settings: Settings) -> duckdb.DuckDBPyConnection:
    try:
        return open_sandbox(Sandbox(str(serving.database), settings.query_memory_limit, settings.threads, ()))
    except duckdb.Error as error:
        raise NothingPublished(f"{serving.database} cannot be opened: {error}. Run `tillsight run` again.") from error
