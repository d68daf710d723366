"""Which drafts wait: against the published table and people's decisions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date

import duckdb
import pandas as pd
import pytest

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.kinds import reorder
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech
from metrics import Filter, Metrics
from retail.errors import UnusableRequest
from retail.operational.decisions import Decisions
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.vocabulary import DecisionAction, Role
from retail.workspace import Workspace

REORDER = Reading(kind="reorder")


@pytest.fixture(scope="module")
def published(small_workspace) -> pd.DataFrame:
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        return connection.sql("select * from marts.fct_reorder_drafts join marts.dim_stores using (store_id)").df()


@pytest.fixture
def decided(small_copy: Workspace) -> Callable[..., Findings]:
    """Decide on drafts of a copy, then ask it: `decided({draft_id: (action, more)}, reading)`."""

    def ask(wishes: dict[str, tuple[DecisionAction, dict[str, object]]], reading: Reading = REORDER) -> Findings:
        settings = Settings(home=small_copy.root.parent)
        with (
            closing(Metrics.open(small_copy, settings)) as metrics,
            closing(Decisions.of(small_copy, settings)) as decisions,
        ):
            drafts = {str(row["draft_id"]): row for row in metrics.rows("fct_reorder_drafts").rows}
            for draft_id, (action, more) in wishes.items():
                decisions.decide(LOCAL, drafts[draft_id], action, today=metrics.catalogue.as_of, **more)
            books = Books(metrics, LOCAL, small_copy, settings)
            return reorder.answer(reading, books, Speech("en", books.catalogue))

    return ask


def test_every_undecided_draft_is_told_the_first_to_order_first(answer_of, published) -> None:
    found = answer_of(REORDER)
    assert {row["draft_id"] for row in found.rows} == set(published.draft_id)
    assert [row["order_date"] for row in found.rows] == sorted(row["order_date"] for row in found.rows)
    assert f"{len(published)} reorder drafts wait" in found.text
    bought = published[(published.kind == "order") & published.unit_cost.notna()]
    told = sum(row["order_amount"] or 0 for row in found.rows)
    assert told == pytest.approx((bought.order_quantity * bought.unit_cost).sum())


def test_decided_drafts_wait_no_more_and_a_changed_one_has_its_new_quantity(decided, published) -> None:
    approved, rejected, snoozed, changed = published.draft_id[:4]
    found = decided(
        {
            approved: (DecisionAction.APPROVE, {}),
            rejected: (DecisionAction.REJECT, {"reason": "too many"}),
            snoozed: (DecisionAction.SNOOZE, {}),
            changed: (DecisionAction.CHANGE, {"quantity": 77, "reason": "a party"}),
        }
    )
    by_id = {row["draft_id"]: row for row in found.rows}
    assert {approved, rejected, snoozed}.isdisjoint(by_id)
    assert by_id[changed]["order_quantity"] == 77


def test_an_approved_draft_is_said_where_nothing_else_waits(decided, published) -> None:
    product = published["product"].value_counts().idxmin()
    ids = published[published["product"] == product].draft_id
    where = (Filter(dimension="product", operator="=", value=product),)
    found = decided({key: (DecisionAction.APPROVE, {}) for key in ids}, REORDER.model_copy(update={"where": where}))
    assert not found.rows
    assert f"{len(ids)} approved" in found.text


def test_one_product_is_told_with_why_and_its_page(answer_of, published) -> None:
    draft = published.drop_duplicates("product", keep=False).iloc[0]
    where = (Filter(dimension="product", operator="=", value=draft["product"]),)
    found = answer_of(REORDER.model_copy(update={"where": where}))
    assert [row["order_quantity"] for row in found.rows] == [draft.order_quantity]
    assert "chance of running out" in found.text
    assert found.page is not None
    assert found.page.address["draft"] == draft.draft_id
    german = answer_of(REORDER.model_copy(update={"where": where}), language="de")
    assert "Mit " in german.text
    assert "chance" not in german.text


def test_by_supplier_adds_up(answer_of, published) -> None:
    found = answer_of(REORDER.model_copy(update={"by": ("supplier",)}))
    assert sum(row["drafts"] for row in found.rows) == len(published)
    assert sum(row["order_quantity"] for row in found.rows) == pytest.approx(published.order_quantity.sum())


def test_a_period_ahead_keeps_what_is_to_be_ordered_in_it(answer_of, published) -> None:
    today = Period(name="today", first=date(2025, 6, 13), last=date(2025, 6, 13), ends=date(2025, 6, 13))
    later = Period(name="next_7_days", first=date(2025, 6, 14), last=date(2025, 6, 20))
    days = pd.to_datetime(published.order_date).dt.date
    for period, count in ((today, (days <= today.last).sum()), (later, (days > today.last).sum())):
        assert len(answer_of(REORDER.model_copy(update={"period": period})).rows) == count
    with pytest.raises(UnusableRequest):
        answer_of(REORDER.model_copy(update={"period": Period(first=date(2025, 5, 1), last=date(2025, 5, 2))}))


def test_nothing_to_order_is_an_answer_and_an_unknown_product_is_another(answer_of, published, small_metrics) -> None:
    every = {str(row["product"]) for row in small_metrics.rows("fct_stock_risk", columns=("product",)).rows}
    calm = sorted(every - set(published["product"]))[0]
    for product, words in ((calm, "last until the next chance"), ("No Such Thing", "forecast on its own")):
        where = (Filter(dimension="product", operator="=", value=product),)
        found = answer_of(REORDER.model_copy(update={"where": where}))
        assert words in found.text
        assert not found.rows


def test_staff_see_no_cost_anywhere(answer_of) -> None:
    found = answer_of(REORDER, Principal("sam", Role.STAFF))
    assert found.rows
    assert not {"order_amount", "reason", "unit_cost"} & set(found.rows[0])
    assert "$" not in found.text
    assert not any("cost" in column.name or "amount" in column.name for column in found.columns)


@pytest.mark.parametrize("by", [(), ("supplier",)])
def test_a_manager_reads_three_sentences(answer_of, by: tuple[str, ...]) -> None:
    text = answer_of(REORDER.model_copy(update={"by": by})).text
    assert text.count(". ") <= 2
    assert len(text) < 450
