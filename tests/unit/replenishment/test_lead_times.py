"""Lead times: learnt from receipts, shrunk to the promise, with orders that are still awaited."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.replenishment.lead_times import LATEST, learn_delays


def orders(*rows: tuple[str, str, int, bool, float]) -> pd.DataFrame:
    columns = ["supplier_id", "store_id", "delay_days", "is_received", "orders"]
    return pd.DataFrame(rows, columns=columns).astype({"delay_days": int, "is_received": bool, "orders": float})


def test_without_receipts_a_supplier_keeps_its_promise_mostly() -> None:
    time = learn_delays(orders()).find("V1", "S1").lead_time(5)
    assert int(time.quantile(0.5)) == 5
    assert 5 < time.mean < 6


def test_many_receipts_outweigh_the_promise() -> None:
    book = learn_delays(orders(("V1", "S1", 4, True, 200)))
    time = book.find("V1", "S2").lead_time(5)
    assert int(time.quantile(0.5)) == 9
    assert book.find("V1", None).late_share == 1


def test_few_receipts_move_it_a_little() -> None:
    few = learn_delays(orders(("V1", "S1", 4, True, 1), ("V2", "S1", 0, True, 100)))
    assert int(few.find("V1", None).lead_time(5).quantile(0.5)) == 5
    assert few.find("V1", None).lead_time(5).mean > few.find("V2", None).lead_time(5).mean


def test_orders_that_are_still_awaited_make_it_longer() -> None:
    received = ("V1", "S1", 0, True, 20.0)
    without = learn_delays(orders(received)).find("V1", None).lead_time(5)
    awaited = learn_delays(orders(received, ("V1", "S1", 10, False, 10.0))).find("V1", None).lead_time(5)
    assert awaited.mean > without.mean + 2


def test_a_store_has_its_own_once_it_has_orders_enough() -> None:
    book = learn_delays(orders(("V1", "S1", 0, True, 50), ("V1", "S2", 6, True, 50), ("V1", "S3", 6, True, 3)))
    assert int(book.find("V1", "S1").lead_time(2).quantile(0.5)) == 2
    assert int(book.find("V1", "S2").lead_time(2).quantile(0.5)) == 8
    assert book.find("V1", "S3") is book.find("V1", None)


def test_an_unknown_supplier_delivers_as_all_together() -> None:
    book = learn_delays(orders(("V1", "S1", 3, True, 500)))
    assert int(book.find("V9", "S1").lead_time(1).quantile(0.5)) == 4
    assert book.find(None, "S1") is book.everybody


def test_the_wait_that_is_left_is_at_least_a_day() -> None:
    time = learn_delays(orders(("V1", "S1", 0, True, 500))).find("V1", None).lead_time(4)
    assert time.remaining(0) == 4
    assert time.remaining(4) >= 1
    assert time.remaining(LATEST + 50) == 1


@settings(max_examples=40, deadline=None)
@given(
    delays=st.lists(st.tuples(st.integers(-60, 200), st.booleans(), st.floats(0.01, 50)), max_size=8),
    promised=st.integers(0, 60),
)
def test_it_is_always_a_distribution(delays: list[tuple[int, bool, float]], promised: int) -> None:
    rows = [("V1", "S1", delay, received, weight) for delay, received, weight in delays]
    time = learn_delays(orders(*rows)).find("V1", "S1").lead_time(promised)
    assert time.probability.min() >= 0
    assert time.probability.sum() == pytest.approx(1)
    days = time.quantile(np.linspace(0.01, 0.99, 20))
    assert (np.diff(days) >= 0).all()
