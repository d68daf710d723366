"""What pages read: the published run, through `metrics`, remembered per run and person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import streamlit as st

from app import auth, formats
from metrics import Catalogue, Filter, MetricQuery, Metrics, Result
from metrics.policy import is_sensitive, sees_sensitive
from retail import workspace as workspaces
from retail.principal import Principal
from retail.settings import Settings
from retail.workspace import PublishedRun, Workspace, WorkspaceDescription

Row = dict[str, Any]
"""A row of a result, by column. The column's unit says what its values are."""

_REMEMBERED = 400
"""Results kept in memory over all people and runs; the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class Shop:
    """One business as a page sees it: everything goes through here, so that results are remembered and scoped.

    Attributes:
        settings: Settings of this process.
        workspace: The workspace that is shown.
        description: What the workspace is, with the reporting currency.
        run: The published run that every number comes from.
        principal: Who is looking.
        metrics: The open run.
    """

    settings: Settings
    workspace: Workspace
    description: WorkspaceDescription
    run: PublishedRun
    principal: Principal
    metrics: Metrics

    @property
    def today(self) -> date:
        """The business day that counts as today."""
        return self.run.as_of_date

    @property
    def currency(self) -> str:
        """ISO 4217 code that amounts are in."""
        return self.description.reporting_currency

    @property
    def catalogue(self) -> Catalogue:
        """Metrics, dimensions and models of the run."""
        return self.metrics.catalogue

    @property
    def has_stock(self) -> bool:
        """Whether the source says anything about stock."""
        return "on_hand" not in self.catalogue.unknown

    @property
    def has_forecasts(self) -> bool:
        """Whether the run holds forecasts."""
        return self.run.tables.get("fct_forecast_series", 0) > 0

    @property
    def has_drafts(self) -> bool:
        """Whether the run holds reorder drafts."""
        return self.run.tables.get("fct_reorder_drafts", 0) > 0

    def holds(self, model: str) -> bool:
        """Whether the run has the table; one that an older version published may lack it until the next run."""
        return model in self.catalogue.models

    @property
    def tells_money(self) -> bool:
        """Whether the person may see costs and margins."""
        return sees_sensitive(self.principal.role)

    def readable(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Those of the columns that the person may read."""
        return tuple(name for name in columns if self.tells_money or not is_sensitive(name))

    def visible(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the metrics that the run knows and the person may see."""
        return tuple(
            name
            for name in names
            if name not in self.catalogue.unknown and (self.tells_money or not self.catalogue.metric(name).is_sensitive)
        )

    def query(
        self,
        *metrics: str,
        by: Sequence[str] = (),
        where: Sequence[Filter] = (),
        first: date | None = None,
        last: date | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
    ) -> Result:
        """Metrics by dimensions, from memory if this run was asked the same before."""
        query = MetricQuery(
            metrics=metrics,
            by=tuple(by),
            where=tuple(where),
            from_date=first,
            to_date=last,
            order_by=tuple(order_by),
            limit=limit,
        )
        return _query(self._key, query, self.principal, self.metrics)

    def rows(
        self,
        model: str,
        columns: Sequence[str],
        where: Sequence[Filter] = (),
        order_by: Sequence[str] = (),
        limit: int | None = None,
    ) -> Result:
        """Rows of a mart as they are, from memory if this run was asked the same before."""
        return _rows(
            self._key, model, tuple(columns), tuple(where), tuple(order_by), limit, self.principal, self.metrics
        )

    def store_names(self) -> dict[str, str]:
        """Names of the stores by id."""
        return {str(row["store_id"]): str(row["store"]) for row in self.rows("dim_stores", ("store_id", "store")).rows}

    def product_names(self, ids: Collection[str]) -> dict[str, str]:
        """Names of some products by id."""
        if not ids:
            return {}
        where = Filter(dimension="product_id", operator="in", value=tuple(sorted(ids)))
        found = self.rows("dim_products", ("product_id", "product"), where=(where,), limit=len(ids)).rows
        return {str(row["product_id"]): str(row["product"]) for row in found}

    def sql(self, text: str) -> Result:
        """A person's own SQL, guarded; never remembered.

        Raises:
            Refused: The guard or the role said no.
            QueryTimeout: It ran too long.
        """
        return self.metrics.sql(text, self.principal)

    @staticmethod
    def number(result: Result, metric: str) -> float | None:
        """The value of a metric in a result without dimensions; None where it is not known."""
        return formats.as_float(result.rows[0][metric]) if result.rows else None

    @property
    def _key(self) -> tuple[str, str]:
        return str(self.workspace.root), self.run.run_id


def open_shop() -> Shop:
    """Open the workspace of the settings, at its newest published run.

    Raises:
        UnusableRequest: There is no such workspace.
        NothingPublished: It has no published run.
    """
    settings = Settings()
    workspace = workspaces.find(settings)
    metrics = _metrics(settings, workspace.root, workspace.published().run.run_id)
    return Shop(
        settings=settings,
        workspace=workspace,
        description=workspace.describe(),
        run=metrics.serving.run,
        principal=auth.current_principal(settings),
        metrics=metrics,
    )


# One reader per run, so that a page which has begun ends on the run that it began with.
@st.cache_resource(show_spinner=False, max_entries=4, on_release=Metrics.close)
def _metrics(_settings: Settings, root: Path, run_id: str) -> Metrics:  # noqa: ARG001  the run is part of the key
    return Metrics.open(Workspace(root), _settings)


# Streamlit leaves arguments that begin with an underscore out of the key; the run and the person are in it.
@st.cache_data(show_spinner=False, max_entries=_REMEMBERED, hash_funcs={MetricQuery: repr, Principal: repr})
def _query(
    key: tuple[str, str],  # noqa: ARG001  which run it is
    query: MetricQuery,
    principal: Principal,
    _metrics: Metrics,
) -> Result:
    return _metrics.query(query, principal)


@st.cache_data(show_spinner=False, max_entries=_REMEMBERED, hash_funcs={Filter: repr, Principal: repr})
def _rows(
    key: tuple[str, str],  # noqa: ARG001  which run it is
    model: str,
    columns: tuple[str, ...],
    where: tuple[Filter, ...],
    order_by: tuple[str, ...],
    limit: int | None,
    principal: Principal,
    _metrics: Metrics,
) -> Result:
    return _metrics.rows(model, columns=columns, where=where, order_by=order_by, limit=limit, principal=principal)


def records(result: Result) -> list[Row]:
    """The rows of a result, to be worked on."""
    return cast("list[Row]", result.rows)
