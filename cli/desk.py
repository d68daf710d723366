"""What commands about ordering share: the published run, the operational store, and who acts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from retail.errors import UnusableRequest
from retail.vocabulary import DraftState

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from cli.context import CliContext
    from metrics import Metrics
    from retail.operational.decisions import Decision, Decisions
    from retail.operational.term_files import KnownNames, Names
    from retail.principal import Principal

EVERY_ROW: Final = 10_000_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """A workspace open for ordering.

    Attributes:
        metrics: The published run.
        engine: The operational store.
        principal: Who acts, with the ids of their stores.
        today: Day of the published data: what counts as now.
        shop: Name of the workspace.
    """

    metrics: Metrics
    engine: Engine
    principal: Principal
    today: date
    shop: str

    @cached_property
    def decisions(self) -> Decisions:
        """Decisions of the workspace."""
        from retail.operational.decisions import Decisions

        return Decisions(self.engine)

    @cached_property
    def latest(self) -> dict[str, Decision]:
        """The decision that holds on each draft of the principal's stores."""
        found = self.decisions.latest()
        return {key: made for key, made in found.items() if self.principal.may_act_on(made.store_id)}

    @cached_property
    def drafts(self) -> dict[str, Row]:
        """Rows of `fct_reorder_drafts` by their id, `reasons` and `flags` as objects, in the table's order."""
        rows = self.rows("fct_reorder_drafts", order_by=("supplier", "order_date", "store_id", "sku"))
        for row in rows:
            for name in {"reasons", "flags"} & row.keys():
                row[name] = json.loads(row[name]) if row[name] else None
        return {row["draft_id"]: row for row in rows}

    def draft(self, draft_id: str) -> Row:
        """A draft of the last run, or what one of an earlier run was when it was decided on.

        Raises:
            UnusableRequest: There is none of that id.
        """
        if draft_id in self.drafts:
            return self.drafts[draft_id]
        if draft_id in self.latest:
            return as_draft(self.latest[draft_id])
        raise UnusableRequest(f"There is no reorder draft {draft_id[:40]!r}. `tillsight reorder list` has them.")

    def rows(self, table: str, *columns: str, order_by: tuple[str, ...] = ()) -> list[Row]:
        """Rows of a published table, as far as the principal may see them."""
        return self.metrics.rows(table, columns=columns, order_by=order_by, principal=self.principal).rows

    @cached_property
    def store_names(self) -> dict[str, str]:
        """What stores are called, by id."""
        return {row["store_id"]: row["store"] for row in self.rows("dim_stores", "store_id", "store")}

    @cached_property
    def names(self) -> KnownNames:
        """What suppliers, products and stores are called."""
        from retail.operational.term_files import KnownNames

        suppliers = self.rows("dim_suppliers", "supplier_id", "supplier")
        products = self.rows("dim_products", "product_id", "sku", "product")
        stores = self.rows("dim_stores", "store_id", "store_code", "store")
        return KnownNames(
            suppliers=_names("supplier", suppliers, "supplier_id", "supplier"),
            products=_names("product", products, "product_id", "sku", "product"),
            stores=_names("store", stores, "store_id", "store_code", "store"),
        )


def _names(kind: str, rows: list[Row], key: str, *words: str) -> Names:
    from retail.operational.term_files import Names

    pairs = [(row[word], row[key]) for row in rows for word in words]
    return Names(kind, [*pairs, *((row[key].partition(":")[2], row[key]) for row in rows)])


@contextmanager
def open_desk(command: CliContext) -> Iterator[Desk]:
    """Open the workspace of a command.

    Raises:
        NothingPublished: There is no run yet.
        ConfigurationError: The operational store cannot be opened.
    """
    from metrics import Metrics
    from retail.operational.database import open_store

    workspace, who = command.workspace(), command.principal()
    metrics = Metrics.open(workspace, command.settings.model_copy(update={"query_max_rows": EVERY_ROW}))
    engine = open_store(workspace, command.settings)
    try:
        stores = metrics.rows("dim_stores", columns=("store_id",), principal=who)
        if who.stores:  # names and codes become ids, which is what decisions know
            who = replace(who, stores=tuple(str(row["store_id"]) for row in stores.rows))
        yield Desk(metrics, engine, who, date.fromisoformat(str(stores.as_of)), workspace.name)
    finally:
        engine.dispose()
        metrics.close()


def as_draft(decision: Decision) -> Row:
    """A decided draft of an earlier run, as far as the decision remembers it."""
    is_snoozed = decision.state is DraftState.SNOOZED  # which drops what the quantity had been changed to
    quantity = decision.quantity_after if is_snoozed else decision.quantity_before
    return {**asdict(decision), "order_quantity": quantity, "reasons": None, "flags": None}


def parse_date(text: str | None, option: str) -> date | None:
    """Read a date that an option gives.

    Raises:
        UnusableRequest: It is none.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UnusableRequest(f"{option} takes a date such as 2025-03-01, not {text!r}.") from error
