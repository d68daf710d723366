"""What answers read numbers through: the published run as one person may see it. Remembers what ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime

from metrics import Catalogue, Filter, MetricQuery, Metrics, Result
from metrics.policy import is_sensitive, sees_sensitive
from retail.operational.decisions import Decision, Decisions
from retail.principal import Principal
from retail.settings import Settings
from retail.workspace import Workspace


class Books:
    """One person's view of the published run, for one question. Every number of an answer comes from here.

    Attributes:
        metrics: The open run.
        principal: Who asks.
        workspace: Whose numbers they are.
        settings: Settings of the process.
        results: Every result so far, in order.
        tables: Published tables that they were read from, in order.
    """

    def __init__(self, metrics: Metrics, principal: Principal, workspace: Workspace, settings: Settings) -> None:
        self.metrics = metrics
        self.principal = principal
        self.workspace = workspace
        self.settings = settings
        self.results: list[Result] = []
        self.tables: dict[str, None] = {}

    @property
    def catalogue(self) -> Catalogue:
        """What can be asked."""
        return self.metrics.catalogue

    @property
    def today(self) -> date:
        """The business day that counts as today."""
        return self.catalogue.as_of

    @property
    def now(self) -> datetime:
        """The moment that counts as now, UTC."""
        return self.metrics.serving.run.as_of_at

    @property
    def currency(self) -> str:
        """ISO 4217 code that amounts are in."""
        return self.catalogue.currency

    @property
    def tells_money(self) -> bool:
        """Whether the person sees cost, margin and the value of stock."""
        return sees_sensitive(self.principal.role)

    @property
    def has_stock(self) -> bool:
        """Whether a source says anything about stock."""
        return "on_hand" not in self.catalogue.unknown

    def holds(self, model: str) -> bool:
        """Whether the run has rows of the table."""
        return self.metrics.serving.run.tables.get(model, 0) > 0

    def knows(self, metric: str) -> bool:
        """Whether the run knows the metric and the person may see it."""
        known = metric in self.catalogue.metrics and metric not in self.catalogue.unknown
        return known and (self.tells_money or not self.catalogue.metrics[metric].is_sensitive)

    def readable(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Those of a table's columns that the person may see."""
        return tuple(name for name in columns if self.tells_money or not is_sensitive(name))

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
        """Metrics by dimensions.

        Raises:
            UnusableRequest: A name, value or combination does not exist.
            Refused: The person may not see it.
            QueryTimeout: It took too long.
        """
        query = MetricQuery(
            metrics=metrics,
            by=tuple(by),
            where=tuple(where),
            from_date=first,
            to_date=last,
            order_by=tuple(order_by),
            limit=limit,
        )
        result = self.metrics.query(query, self.principal)
        self.results.append(result)
        self.tables |= dict.fromkeys(table for name in metrics for table in self.catalogue.metric(name).tables)
        return result

    def rows(
        self,
        model: str,
        columns: Sequence[str],
        where: Sequence[Filter] = (),
        order_by: Sequence[str] = (),
        limit: int | None = None,
    ) -> Result:
        """Rows of a published table as they are.

        Raises:
            UnusableRequest: The table or a column does not exist.
            Refused: The person may not see it.
        """
        result = self.metrics.rows(
            model, columns=columns, where=where, order_by=order_by, limit=limit, principal=self.principal
        )
        self.results.append(result)
        self.tables[model] = None
        return result

    def decisions(self) -> Mapping[str, Decision]:
        """The newest decision on each draft, by draft id."""
        with closing(Decisions.of(self.workspace, self.settings)) as decisions:
            return decisions.latest()
