"""What is said beside an answer, and that a text says no number that the answer does not hold."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date

import pytest

from app.assistant import check, languages
from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.kinds import answerer
from app.assistant.local import LocalPlanner
from app.assistant.question import read
from app.assistant.reading import Period, Reading, Topic
from app.assistant.speech import Speech
from metrics import Column, Filter
from metrics.result import Result
from retail.principal import LOCAL

TODAY = date(2025, 6, 13)
MAY = Period(name="last_month", first=date(2025, 5, 1), last=date(2025, 5, 31))
SO_FAR = Period(name="this_week", first=date(2025, 6, 9), last=TODAY, ends=date(2025, 6, 15))
DAY = Period(name="today", first=TODAY, last=TODAY, ends=TODAY)
WEEK = Period(name="last_week", first=date(2025, 6, 2), last=date(2025, 6, 8))
WEEK_AGO = Period(first=date(2025, 6, 6), last=date(2025, 6, 6))
SALES = Reading(kind="metric", metrics=("net_sales",), by=("product",), period=MAY, order="largest", limit=3)


@pytest.fixture
def books(small_metrics, small_workspace, small_settings) -> Books:
    return Books(small_metrics, LOCAL, small_workspace, small_settings)


@pytest.fixture
def look_over(books):
    """The answer to a reading after it was looked over."""

    def looked_over(reading: Reading, language: str = "en") -> Findings:
        speech = Speech(language, books.catalogue)
        return check.look_over(reading, answerer(reading.kind)(reading, books, speech), books, speech)

    return looked_over


def test_a_whole_period_needs_nothing_said(look_over) -> None:
    assert look_over(SALES).warnings == ()


def test_a_week_that_goes_on_and_a_day_that_runs_are_marked(look_over) -> None:
    week = look_over(SALES.model_copy(update={"period": SO_FAR}))
    assert "it ends on Sun 15 Jun 2025, and the numbers go to Fri 13 Jun 2025" in " ".join(week.warnings)
    day = look_over(SALES.model_copy(update={"period": DAY}))
    assert "Fri 13 Jun 2025 is not over yet" in " ".join(day.warnings)


def test_nothing_is_told_from_zero(look_over) -> None:
    before = Period(first=date(2024, 3, 1), last=date(2024, 3, 31))
    found = look_over(Reading(kind="metric", metrics=("net_sales",), period=before))
    assert "not the same as zero. The data run from Wed 15 Jan 2025 to Fri 13 Jun 2025." in " ".join(found.warnings)
    returned = look_over(Reading(kind="metric", metrics=("units_sold",), period=MAY))
    assert not any("not the same as zero" in said for said in returned.warnings)


def test_parts_are_counted_once_more_without_the_split(look_over, books, monkeypatch) -> None:
    assert not any("do not make up the whole" in said for said in look_over(SALES).warnings)
    whole = Books.query

    def doubled(self: Books, *metrics: str, **more: object) -> Result:
        result = whole(self, *metrics, **more)
        return result if more.get("by") else replace(result, rows=[{"net_sales": 2 * result.rows[0]["net_sales"]}])

    monkeypatch.setattr(Books, "query", doubled)
    assert any("The parts do not make up the whole: Net sales is" in said for said in look_over(SALES).warnings)


def test_counts_that_do_not_add_up_say_so(look_over) -> None:
    by_store = Reading(kind="metric", metrics=("customers",), by=("store",), period=MAY)
    assert any("Customers does not add up by store" in said for said in look_over(by_store).assumptions)
    tickets = by_store.model_copy(update={"metrics": ("transactions",)})
    assert not any("does not add up" in said for said in look_over(tickets).assumptions)
    by_product = tickets.model_copy(update={"by": ("product",)})
    assert any("Transactions does not add up by product" in said for said in look_over(by_product).assumptions)


def test_a_level_over_a_period_says_of_which_end_it_is(look_over) -> None:
    at_close = Reading(kind="metric", metrics=("stock_on_hand_at_close",), period=MAY)
    assert any("at the end of the period" in said for said in look_over(at_close).assumptions)
    by_day = at_close.model_copy(update={"by": ("day",)})
    assert not any("is a level" in said for said in look_over(by_day).assumptions)


def test_old_numbers_of_a_real_shop_are_marked(look_over, books, monkeypatch) -> None:
    assert not any("are old" in said for said in look_over(SALES).warnings)
    described = books.workspace.describe().model_copy(update={"kind": "real"})
    monkeypatch.setattr(type(books.workspace), "describe", lambda _: described)
    books.settings = books.settings.model_copy(update={"freshness_hours": 0})
    assert any("are old" in said for said in look_over(SALES).warnings)


def test_cut_rows_are_marked(books, look_over) -> None:
    result = books.query("net_sales", by=("product",))
    books.results.append(replace(result, truncated=True))
    assert any("more rows than a query returns" in said for said in look_over(SALES).warnings)


READINGS = [
    SALES,
    SALES.model_copy(update={"period": SO_FAR, "metrics": ("units_sold", "net_sales")}),
    Reading(kind="metric", metrics=("net_sales",), by=("week",), period=MAY),
    Reading(kind="metric", metrics=("transactions",), by=("hour",), period=MAY, order="largest"),
    Reading(kind="metric", metrics=("gross_margin_rate", "net_sales"), period=MAY),
    Reading(kind="metric", metrics=("net_sales",), by=("category",), derived=("share",), period=MAY),
    Reading(kind="metric", metrics=("net_sales",), by=("day",), derived=("average",), period=SO_FAR),
    Reading(kind="compare", metrics=("net_sales",), period=MAY, compare_with=SO_FAR),
    Reading(kind="compare", metrics=("gross_margin_rate",), by=("product",), period=MAY, compare_with=SO_FAR),
    Reading(kind="compare", metrics=("net_sales",), by=("store",), period=MAY),
    Reading(kind="compare", metrics=("net_sales",), period=SO_FAR, compare_with=WEEK),
    Reading(kind="compare", metrics=("net_sales",), period=DAY, compare_with=WEEK_AGO),
    Reading(kind="customers", topic=Topic.RETURNING, period=MAY),
    Reading(kind="lookup", topic=Topic.FORECAST),
    Reading(kind="lookup", topic=Topic.DELIVERIES),
    Reading(kind="lookup", topic=Topic.FRESHNESS),
    Reading(kind="lookup", topic=Topic.STORES),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: f"{reading.kind}-{reading.topic or reading.metrics}")
def test_every_number_of_a_text_is_in_the_answer(look_over, books, reading: Reading, language: str) -> None:
    found = look_over(reading, language)
    assert check.numbers_in(found.text, language)
    assert check.ungrounded(found.text, found, reading, Speech(language, books.catalogue)) == ()


FOUND = Findings(
    text="Net sales last month: $12,345.",
    columns=(Column("net_sales", "Net sales", "currency", "metric"), Column("rate", "Rate", "ratio", "metric")),
    rows=[{"product": "Corn Flakes 500 g", "net_sales": 12345.4, "rate": 0.1234}],
    facts=(17.0,),
)


@pytest.mark.parametrize(
    "text",
    [
        "Last month you sold for $12,345.",
        "Net sales came to 12,345.40 in May 2025 (1 May – 31 May 2025).",
        "That is 12.3% of 17.",
        "About 12.3 thousand, or 12k.",
        "Corn Flakes 500 g made $12,345 from May 1 to May 31, 2025, 31 days.",
        "It was 12,345 on 2025-05-31.",
        "Nothing to say.",
    ],
)
def test_a_rewording_with_the_same_numbers_is_grounded(books, text: str) -> None:
    assert check.is_grounded(text, FOUND, SALES, Speech("en", books.catalogue))


@pytest.mark.parametrize(
    "text",
    [
        "Net sales were $12,346.",
        "Net sales rose by 12.4%.",
        "Net sales were $1,234.",
        "Corn Flakes 750 g made $12,345.",
        "It doubled to $12,345.",
        "Eighty customers spent $12,345.",
        "$12,345, which is 5 times more.",
        "$12,3456 in all",
        "on 7 June 2025",
        "USD99",
        "12.345",
        "half of it",
    ],
)
def test_a_rewording_with_another_number_is_not(books, text: str) -> None:
    assert not check.is_grounded(text, FOUND, SALES, Speech("en", books.catalogue))


def test_german_numbers_are_read_as_german(books) -> None:
    speech, found = Speech("de", books.catalogue), replace(FOUND, text="Nettoumsatz letzten Monat: 12.345 $.")
    assert check.is_grounded("Der Umsatz war 12.345 $, das sind 12,3 %.", found, SALES, speech)
    assert not check.is_grounded("Der Umsatz war 12,345 $.", found, SALES, speech)


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def things(template: str) -> set[str]:
    """Slots, where the name of a metric is the same thing at the beginning of a sentence and within it."""
    return {name.removeprefix("of_") for name in slots(template)}


@pytest.mark.parametrize("language", [code for code in languages.codes() if code != languages.DEFAULT])
def test_every_language_has_every_template_with_the_same_slots(language: str) -> None:
    wanted, there = (
        {key: things(text) for key, text in languages.texts(code).items() if not key.startswith("names.")}
        for code in (languages.DEFAULT, language)
    )
    assert there == wanted


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_template_can_be_said(language: str, books) -> None:
    speech = Speech(language, books.catalogue)
    for key, template in languages.texts(language).items():
        said = speech.say(key, **dict.fromkeys(slots(template), "{x} <b>1</b>"))
        assert said.count("{x}") == len([n for _, n, _, _ in string.Formatter().parse(template) if n])


def test_german_has_a_name_for_every_metric_dimension_and_grain(books) -> None:
    names = languages.load("de", "texts/names")
    wanted = {*books.catalogue.metrics, *books.catalogue.dimensions, *books.catalogue.grains, "weekday"}
    assert wanted <= names.keys()


def test_a_filter_that_matches_nothing_leaves_no_number(look_over) -> None:
    nothing = Filter(dimension="category", operator="=", value="Cofee")
    found = look_over(Reading(kind="metric", metrics=("net_sales",), where=(nothing,), period=MAY))
    assert "is not known" in found.text


@pytest.mark.parametrize("language", ["en", "de"])
def test_suggestions_are_questions_that_are_understood(look_over, books, language: str) -> None:
    planner = LocalPlanner()
    readings = [reading for reading in READINGS if reading.kind in {"metric", "compare"}]
    for reading in [*readings, Reading(kind="lookup", topic=Topic.ABILITIES)]:
        for suggested in look_over(reading, language).suggestions:
            understood = planner.plan(read(suggested), books, None, language).reading
            assert understood.kind not in {"clarify", "refuse"}, suggested
            assert not reading.metrics or understood.metrics[0] == reading.metrics[0], suggested
