from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import pytest

from app import good_sellers
from app.assistant import dates
from app.assistant.books import Books
from app.assistant.digest import alerts, figures
from app.assistant.findings import Findings
from app.assistant.kinds import digest
from app.assistant.reading import Kind, Period, Reading
from app.assistant.speech import Speech
from metrics import Filter, MetricQuery, Metrics
from retail.errors import UnusableRequest
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.vocabulary import Role
from retail.workspace import Workspace

TODAY = date(2025, 6, 13)
EVE = date(2025, 6, 12)
AnswerOf = Callable[..., Findings]


def summarise(name: str = "today", *where: Filter) -> Reading:
    return Reading(kind=Kind.DIGEST, period=dates.named(name, TODAY), where=where)


def books_of(metrics: Metrics, workspace: Workspace, settings: Settings) -> Books:
    return Books(metrics, LOCAL, workspace, settings)


def test_figures_are_those_of_the_metrics(answer_of: AnswerOf, small_metrics: Metrics) -> None:
    found = answer_of(summarise("yesterday"))
    names = ("net_sales", "transactions", "average_basket", "units_sold", "gross_margin")

    def of(day: date) -> list[object]:
        row = small_metrics.query(MetricQuery(metrics=names, from_date=day, to_date=day)).rows[0]
        return [row[name] for name in names]

    assert [row["value"] for row in found.rows][:5] == pytest.approx(of(EVE))
    assert [row["before"] for row in found.rows][:5] == pytest.approx(of(EVE - timedelta(days=7)))


def test_today_so_far_is_told_whole_and_compared_up_to_the_last_complete_hour(
    answer_of: AnswerOf, small_metrics: Metrics
) -> None:
    found = answer_of(summarise())
    whole = small_metrics.query(MetricQuery(metrics=("net_sales",), from_date=TODAY, to_date=TODAY)).rows[0]
    assert found.rows[0]["value"] == pytest.approx(whole["net_sales"])
    assert found.rows[0]["comparable"] < found.rows[0]["value"]  # type: ignore[operator]
    comparable, before, change = (found.rows[0][name] for name in ("comparable", "before", "change"))
    assert change == pytest.approx((comparable - before) / before)  # type: ignore[operator]
    assert "so far" in found.text


def test_a_week_so_far_is_compared_with_the_same_days(answer_of: AnswerOf, small_workspace: Workspace) -> None:
    found = answer_of(summarise("this_week"))
    assert "9 Jun – 13 Jun 2025, so far" in found.text
    assert "2 Jun – 6 Jun 2025" in found.text


def test_best_sellers_are_those_of_the_files(answer_of: AnswerOf, small_workspace: Workspace) -> None:
    folder = small_workspace.root / "incoming"
    lines = pd.read_csv(folder / "sale_lines.csv", dtype={"product_id": str})
    tickets = pd.read_csv(folder / "sales.csv", dtype=str)
    kept = lines[lines["sale_id"].isin(tickets.loc[tickets["status"] == "completed", "sale_id"])]
    days = kept["sale_id"].str.extract(r"-(\d{8})-")[0]
    sold = kept[(days == "20250612") & (kept["quantity"] > 0) & (kept["line_type"] == "goods")]
    most = sold.groupby("product_id")["quantity"].sum().max()
    assert f"({most:g})" in answer_of(summarise("yesterday")).text


@pytest.mark.parametrize("name", ["today", "yesterday", "last_week"])
def test_a_digest_has_at_most_six_short_sentences(answer_of: AnswerOf, name: str) -> None:
    said = answer_of(summarise(name)).text.split(". ")
    assert len(said) <= 6
    assert all(len(sentence) < 200 for sentence in said)


def test_a_digest_of_long_ago_says_nothing_of_now(answer_of: AnswerOf) -> None:
    period = Period(first=date(2025, 4, 2), last=date(2025, 4, 2))
    text = answer_of(Reading(kind=Kind.DIGEST, period=period)).text
    assert "now" not in text
    assert "drafts" not in text


def test_a_day_without_sales_is_said_so(answer_of: AnswerOf) -> None:
    period = Period(first=date(2020, 1, 1), last=date(2020, 1, 1))
    assert answer_of(Reading(kind=Kind.DIGEST, period=period)).text == "Wed 1 Jan 2020: there are no sales."


def test_today_without_a_sale_yet_gives_way_to_the_day_before(
    small_metrics: Metrics, small_workspace: Workspace, small_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "_has_sales", lambda *_: False)
    books = books_of(small_metrics, small_workspace, small_settings)
    text = digest.answer(summarise(), books, Speech("en", books.catalogue)).text
    assert text.startswith(
        "There are no sales yet today (Fri 13 Jun 2025); this is the day before. Thu 12 Jun 2025: net"
    )


def test_staff_get_no_margin_and_a_store_manager_their_store_alone(answer_of: AnswerOf) -> None:
    staff = answer_of(summarise("yesterday"), Principal("s", Role.STAFF))
    assert "argin" not in staff.text
    assert not any("argin" in str(row["figure"]) for row in staff.rows)
    whole, own = (answer_of(summarise("yesterday"), p).rows[0]["value"] for p in (LOCAL, _manager()))
    assert own < whole  # type: ignore[operator]


def _manager() -> Principal:
    return Principal("m", Role.MANAGER, ("S2",))


def test_a_filter_that_means_nothing_for_stock_leaves_stock_out(answer_of: AnswerOf) -> None:
    found = answer_of(summarise("yesterday", Filter(dimension="channel", operator="=", value="pos")))
    assert "drafts" not in found.text
    assert found.rows[0]["value"]


def test_one_sentence_says_what_no_source_tells(
    small_metrics: Metrics, small_workspace: Workspace, small_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = books_of(small_metrics, small_workspace, small_settings)
    for name in ("on_hand", "available", "days_of_cover", "gross_margin"):
        monkeypatch.setitem(books.catalogue.unknown, name, "no source has it")
    monkeypatch.setattr(Books, "holds", lambda *_: False)
    text = digest.answer(summarise("yesterday"), books, Speech("en", books.catalogue)).text
    assert text.endswith(
        "No source tells stock, cost and margin, deliveries or forecasts and reorder drafts, so that is left out."
    )
    assert "Gross margin" not in text
    assert "out of stock" not in text


def test_the_digest_speaks_german_too(answer_of: AnswerOf) -> None:
    text = answer_of(summarise("yesterday"), language="de").text
    assert text.startswith("Do. 12. Juni 2025: Nettoumsatz ")
    assert "Verkaufsbelege" in text


def test_stock_alerts_follow_the_rules_of_the_page_of_today(
    small_metrics: Metrics, small_workspace: Workspace, small_settings: Settings
) -> None:
    books = books_of(small_metrics, small_workspace, small_settings)
    found = {alert.kind: alert.count for alert in alerts.find(summarise(), books, Speech("en", books.catalogue))}
    query = MetricQuery(metrics=good_sellers.MEASURES, by=("product", "store"))
    frame = small_metrics.query(query).frame()
    good = frame[frame["mean_daily_units"] >= 1]
    assert found.get("out", 0) == (good["available"] <= 0).sum()
    assert found.get("low", 0) == ((good["days_of_cover"] > 0) & (good["days_of_cover"] < 2)).sum()


def test_what_a_digest_does_not_hold_is_refused(answer_of: AnswerOf) -> None:
    with pytest.raises(UnusableRequest, match="store"):
        answer_of(summarise().model_copy(update={"by": ("store",)}))
