"""What English and German questions say of time, as seen from Friday 13 June 2025, three in the afternoon."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assistant import question
from app.assistant.dates import PeriodSpan, Problem, find
from app.assistant.dates.calendar import FIXED_NAMES
from app.assistant.dates.meanings import MEANINGS
from app.assistant.dates.ranges import RANGES
from app.assistant.languages import load

FRIDAY = date(2025, 6, 13)


def spans(text: str, language: str = "en", as_of: date = FRIDAY) -> tuple[PeriodSpan, ...]:
    return find(question.read(text), as_of, False, language, begins=date(2024, 1, 1))


def only(text: str, language: str = "en", as_of: date = FRIDAY) -> PeriodSpan:
    found = spans(text, language, as_of)
    assert len(found) == 1, found
    return found[0]


def shown(span: PeriodSpan) -> str:
    period = span.period
    assert period is not None, span
    days = str(period.first) if period.days == 1 else f"{period.first}/{period.last}"
    return days + (f" of {period.ends}" if period.ends else "")


ENGLISH = [
    ("What sold best this week?", "2025-06-09/2025-06-13 of 2025-06-15"),
    ("Why did revenue drop yesterday?", "2025-06-12"),
    ("Summarise today", "2025-06-13 of 2025-06-13"),
    ("sales the day before yesterday", "2025-06-11"),
    ("sales last week by store", "2025-06-02/2025-06-08"),
    ("the week before last", "2025-05-26/2025-06-01"),
    ("last7days", "2025-06-07/2025-06-13 of 2025-06-13"),
    ("past fortnight", "2025-05-31/2025-06-13 of 2025-06-13"),
    ("last three months", "2025-03-14/2025-06-13 of 2025-06-13"),
    ("over the last month", "2025-05-14/2025-06-13 of 2025-06-13"),
    ("lsat week", "2025-06-02/2025-06-08"),
    ("lastweek", "2025-06-02/2025-06-08"),
    ("yesteday", "2025-06-12"),
    ("on Monday", "2025-06-09"),
    ("last Friday", "2025-06-06"),
    ("Monday last week", "2025-06-02"),
    ("over the weekend", "2025-06-07/2025-06-08"),
    ("since Monday", "2025-06-09/2025-06-13 of 2025-06-13"),
    ("since 1 June", "2025-06-01/2025-06-13 of 2025-06-13"),
    ("until 12 June", "2024-01-01/2025-06-12"),
    ("from March to May", "2025-03-01/2025-05-31"),
    ("between November and January", "2024-11-01/2025-01-31"),
    ("1 June - 12 June", "2025-06-01/2025-06-12"),
    ("from 1 to 12 June", "2025-06-01/2025-06-12"),
    ("1-12 June 2024", "2024-06-01/2024-06-12"),
    ("2025-06-01 to 2025-06-12", "2025-06-01/2025-06-12"),
    ("Monday to Wednesday", "2025-06-09/2025-06-11"),
    ("first week of June", "2025-06-01/2025-06-07"),
    ("in March", "2025-03-01/2025-03-31"),
    ("in December", "2024-12-01/2024-12-31"),
    ("revenue in June", "2025-06-01/2025-06-13 of 2025-06-30"),
    ("March 2024", "2024-03-01/2024-03-31"),
    ("June last year", "2024-06-01/2024-06-30"),
    ("last March", "2025-03-01/2025-03-31"),
    ("Q1", "2025-01-01/2025-03-31"),
    ("Q2 2024", "2024-04-01/2024-06-30"),
    ("the second quarter of 2024", "2024-04-01/2024-06-30"),
    ("H1 2024", "2024-01-01/2024-06-30"),
    ("revenue 2024 by month", "2024-01-01/2024-12-31"),
    ("calendar week 23", "2025-06-02/2025-06-08"),
    ("week 23 of 2024", "2024-06-03/2024-06-09"),
    ("12 June", "2025-06-12"),
    ("June 12th 2024", "2024-06-12"),
    ("the 12th of June", "2025-06-12"),
    ("14 June", "2024-06-14"),
    ("29 February", "2024-02-29"),
    ("2025-06-12", "2025-06-12"),
    ("12.6.2025", "2025-06-12"),
    ("on 25/12/2024", "2024-12-25"),
    ("MTD", "2025-06-01/2025-06-13 of 2025-06-30"),
    ("year to date", "2025-01-01/2025-06-13 of 2025-12-31"),
    ("so far this week", "2025-06-09/2025-06-13 of 2025-06-15"),
    ("best day ever", "2024-01-01/2025-06-13 of 2025-06-13"),
    ("same day last week", "2025-06-06"),
    ("three weeks ago", "2025-05-19/2025-05-25"),
    ("black friday", "2024-11-29"),
    ("last week's best sellers", "2025-06-02/2025-06-08"),
    ("yesterdays sales", "2025-06-12"),
    ("last year's March", "2024-03-01/2024-03-31"),
    ("in the week of May 21", "2025-05-19/2025-05-25"),
    ("week ending 1 June", "2025-05-26/2025-06-01"),
    ("may sales by store", "2025-05-01/2025-05-31"),
    ("top 5 June", "2025-06-01/2025-06-13 of 2025-06-30"),
    ("net sales this week up to and including yesterday", "2025-06-09/2025-06-12"),
    ("this month until yesterday", "2025-06-01/2025-06-12"),
    ("this week excluding today", "2025-06-09/2025-06-12"),
    ("this week before today", "2025-06-09/2025-06-12"),
    ("last 7 days not counting today", "2025-06-06/2025-06-12"),
    ("last week excluding today", "2025-06-02/2025-06-08"),
    ("weekly revenue since the start of May", "2025-05-01/2025-06-13 of 2025-06-13"),
    ("since the beginning of last month", "2025-05-01/2025-06-13 of 2025-06-13"),
    ("from the start of May to now", "2025-05-01/2025-06-13 of 2025-06-13"),
    ("from the beginning of May until the end of last week", "2025-05-01/2025-06-08"),
    ("until the end of May", "2024-01-01/2025-05-31"),
    ("w/c 2 June", "2025-06-02/2025-06-08"),
    ("yday", "2025-06-12"),
    ("sales the 5th", "2025-06-05"),
    ("from the 5th to the 9th", "2025-06-05/2025-06-09"),
    ("last day of May", "2025-05-31"),
    ("last Friday of last month", "2025-05-30"),
    ("first week of last month", "2025-05-01/2025-05-07"),
    ("first half of last year", "2024-01-01/2024-06-30"),
]

GERMAN = [
    ("Was hat sich diese Woche am besten verkauft?", "2025-06-09/2025-06-13 of 2025-06-15"),
    ("Warum ist der Umsatz gestern gefallen?", "2025-06-12"),
    ("vorgestern", "2025-06-11"),
    ("Umsatz der letzten 7 Tage", "2025-06-07/2025-06-13 of 2025-06-13"),
    ("in den vergangenen drei Monaten", "2025-03-14/2025-06-13 of 2025-06-13"),
    ("Umsatz im Vormonat", "2025-05-01/2025-05-31"),
    ("letze Woche", "2025-06-02/2025-06-08"),
    ("vorletzte Woche", "2025-05-26/2025-06-01"),
    ("letzten Montag", "2025-06-09"),
    ("letzte Woche Montag", "2025-06-02"),
    ("am Wochenende", "2025-06-07/2025-06-08"),
    ("Umsatz am 12.6.", "2025-06-12"),
    ("vom 1.6. bis 12.6.", "2025-06-01/2025-06-12"),
    ("vom 1. bis 12. Juni", "2025-06-01/2025-06-12"),
    ("von März bis Mai", "2025-03-01/2025-05-31"),
    ("seit dem 1. Juni", "2025-06-01/2025-06-13 of 2025-06-13"),
    ("seit Jahresbeginn", "2025-01-01/2025-06-13 of 2025-12-31"),
    ("maerz 2024", "2024-03-01/2024-03-31"),
    ("KW 23", "2025-06-02/2025-06-08"),
    ("2. Quartal 2024", "2024-04-01/2024-06-30"),
    ("erstes Halbjahr 2024", "2024-01-01/2024-06-30"),
    ("im Jahr 2024", "2024-01-01/2024-12-31"),
    ("03/04/2025", "2025-04-03"),
    ("im Juni letzten Jahres", "2024-06-01/2024-06-30"),
    ("vor drei Wochen", "2025-05-19/2025-05-25"),
    ("aller Zeiten", "2024-01-01/2025-06-13 of 2025-06-13"),
    ("diese Woche bis einschließlich gestern", "2025-06-09/2025-06-12"),
    ("letzte 7 Tage ohne heute", "2025-06-06/2025-06-12"),
    ("seit Anfang Mai", "2025-05-01/2025-06-13 of 2025-06-13"),
    ("seit Beginn des Jahres", "2025-01-01/2025-06-13 of 2025-12-31"),
    ("von Anfang Mai bis Ende letzter Woche", "2025-05-01/2025-06-08"),
    ("letzter Tag letzten Monats", "2025-05-31"),
]


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_an_english_phrase_means_these_days(text: str, expected: str) -> None:
    assert shown(only(text)) == expected


@pytest.mark.parametrize(("text", "expected"), GERMAN)
def test_a_german_phrase_means_these_days(text: str, expected: str) -> None:
    assert shown(only(text, "de")) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("what runs out tomorrow", "en", "2025-06-14"),
        ("next 14 days", "en", "2025-06-14/2025-06-27"),
        ("next week", "en", "2025-06-16/2025-06-22"),
        ("next Monday", "en", "2025-06-16"),
        ("by Wednesday", "en", "2025-06-14/2025-06-18"),
        ("before Wednesday", "en", "2025-06-14/2025-06-17"),
        ("by the end of the week", "en", "2025-06-14/2025-06-15"),
        ("this weekend", "en", "2025-06-14/2025-06-15"),
        ("nächste 14 Tage", "de", "2025-06-14/2025-06-27"),
        ("kommenden Monat", "de", "2025-07-01/2025-07-31"),
        ("bis Freitag", "de", "2025-06-14/2025-06-20"),
    ],
)
def test_a_period_ahead_begins_after_today_and_says_so(text: str, language: str, expected: str) -> None:
    span = only(text, language)
    assert span.is_future
    assert shown(span) == expected


@pytest.mark.parametrize(
    ("text", "language", "problem"),
    [
        ("sales on 31 June", "en", Problem.NO_SUCH_DATE),
        ("sales in week 54", "en", Problem.NO_SUCH_DATE),
        ("sales on 2025-02-30", "en", Problem.NO_SUCH_DATE),
        ("29 February 2025", "en", Problem.NO_SUCH_DATE),
        ("sales before 0001-01-01", "en", Problem.NO_SUCH_DATE),
        ("the last 9999 years", "en", Problem.NO_SUCH_DATE),
        ("the next 9999 months", "en", Problem.NO_SUCH_DATE),
        ("Monday 12 June 2025", "en", Problem.NO_SUCH_DATE),
        ("the last 24 hours", "en", Problem.HOURS),
        ("from 2025-06-12 to 2025-06-01", "en", Problem.BACKWARDS),
        ("from 10 May to 3 May", "en", Problem.BACKWARDS),
        ("this week excluding Tuesday", "en", Problem.GAP),
        ("today excluding today", "en", Problem.GAP),
        ("sales in early May", "en", Problem.VAGUE),
        ("sales at the end of last month", "en", Problem.VAGUE),
        ("Umsatz Mitte Mai", "de", Problem.VAGUE),
        ("am 31. Juni", "de", Problem.NO_SUCH_DATE),
        ("letzte 24 Stunden", "de", Problem.HOURS),
    ],
)
def test_what_no_calendar_has_is_a_problem_and_no_period(text: str, language: str, problem: Problem) -> None:
    span = only(text, language)
    assert (span.period, span.problem) == (None, problem)


def test_a_date_that_can_be_read_in_two_ways_gives_both() -> None:
    span = only("sales on 03/04/2025")
    assert span.problem is Problem.AMBIGUOUS
    assert [period.first for period in span.candidates] == [date(2025, 4, 3), date(2025, 3, 4)]


def test_the_last_month_may_be_the_calendar_month_or_the_days_up_to_now() -> None:
    span = only("sales in the last month")
    assert [period.name for period in span.candidates] == ["last_month", "last_1_months"]


@pytest.mark.parametrize(
    "text",
    [
        "Which items may run out?",
        "sales on Mondays",
        "sales every Monday",
        "top 5 products with more than 2000 units",
        "which are the best stores of all",
        "at least 5 units of every product",
        "list cost by week",
        "how many units of pasta",
        "sales of the 3rd store",
    ],
)
def test_words_that_only_look_like_time_are_none(text: str) -> None:
    assert spans(text) == ()


@pytest.mark.parametrize(
    ("text", "language", "relative"),
    [
        ("this month vs last year", "en", "year_before"),
        ("March compared with the same period last year", "en", "year_before"),
        ("March year on year", "en", "year_before"),
        ("this week compared with last week", "en", "previous"),
        ("last Friday against the Friday before", "en", "previous"),
        ("yesterday vs the day before", "en", "day_before"),
        ("gestern im Vergleich zum Tag davor", "de", "day_before"),
        ("diesen Monat im Vergleich zum Vorjahr", "de", "year_before"),
        ("yesterday compared to the same day last week", "en", "week_before"),
        ("yesterday vs this time last week", "en", "week_before"),
        ("this week vs the same period last month", "en", "month_before"),
        ("March vs the same month of the previous year", "en", "year_before"),
        ("gestern im Vergleich zum gleichen Tag letzter Woche", "de", "week_before"),
        ("diese Woche gegenüber der Vorwoche", "de", "previous"),
    ],
)
def test_the_other_side_of_a_comparison_is_relative(text: str, language: str, relative: str) -> None:
    first, second = spans(text, language)
    assert (first.relative, second.relative) == (None, relative)


@pytest.mark.parametrize("text", ["March vs last month", "2023 vs last year", "yesterday vs last week"])
def test_a_period_that_is_named_in_full_is_not_relative_to_one_of_another_kind(text: str) -> None:
    assert [span.relative for span in spans(text)] == [None, None]


def test_a_comparison_of_two_months_is_no_stretch_between_them() -> None:
    assert [shown(span)[:10] for span in spans("compare March to May")] == ["2025-03-01", "2025-05-01"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("by how much did revenue grow from March to May", "en"),
        ("growth between March and May", "en"),
        ("ist der Umsatz von März auf Mai gestiegen", "de"),
    ],
)
def test_a_stretch_between_two_alike_tells_both(text: str, language: str) -> None:
    span = only(text, language)
    assert shown(span) == "2025-03-01/2025-05-31"
    assert [(part.first, part.last) for part in span.parts] == [
        (date(2025, 3, 1), date(2025, 3, 31)),
        (date(2025, 5, 1), date(2025, 5, 31)),
    ]


def test_a_stretch_between_two_of_different_sorts_has_no_parts() -> None:
    assert only("from March to last week").parts == ()


def test_two_quarters_side_by_side_are_two_periods() -> None:
    assert [shown(span)[:10] for span in spans("Q1 and Q2")] == ["2025-01-01", "2025-04-01"]


def test_a_stretch_without_a_beginning_is_no_second_period() -> None:
    first, second = spans("sales this week by store up to yesterday")
    assert first.period is not None
    assert (second.period, second.problem) == (None, Problem.CLASH)


@pytest.mark.parametrize("text", ["since the start of the campaign", "the 3rd store", "the 5th best product"])
def test_the_beginning_of_something_else_and_the_number_of_a_thing_are_no_period(text: str) -> None:
    assert spans(text) == ()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([(text, "en") for text, _ in ENGLISH] + [(text, "de") for text, _ in GERMAN]), st.data())
def test_an_unknown_word_beside_or_in_place_of_a_date_is_never_swallowed(
    asked: tuple[str, str], data: st.DataObject
) -> None:
    words = [word.text for word in question.read(asked[0]).words]
    at = data.draw(st.integers(0, len(words) - 1))
    is_instead = data.draw(st.booleans())
    changed = question.read(" ".join([*words[:at], "zxqv", *words[at + is_instead :]]))
    unknown = [word.text for word in changed.words].index("zxqv")
    found = find(changed, FRIDAY, False, asked[1], begins=date(2024, 1, 1))
    assert all(not span.first <= unknown < span.last for span in found)


def test_a_span_covers_its_words_and_nothing_else() -> None:
    span = only("net sales since last Monday by store")
    assert (span.first, span.last) == (2, 5)


def test_a_misspelt_word_is_marked() -> None:
    assert only("sales yesteday").is_corrected
    assert not only("sales yesterday").is_corrected


def test_vague_words_are_marked_as_taken_for_granted() -> None:
    assert only("what sold recently").is_assumed


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_pattern_names_a_meaning_that_there_is(language: str) -> None:
    data = load(language, "dates")
    known = {*MEANINGS, *RANGES, *FIXED_NAMES}
    named = {entry["is"] for part in ("singles", "ranges") for entry in data[part]}
    assert {name for name in named - known if not name.startswith(("last_", "next_"))} == set()


WORDS = sorted({word for text, _ in (*ENGLISH, *GERMAN) for word in text.split()})


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9),
    st.sampled_from(["en", "de"]),
    st.sampled_from([FRIDAY, date(2024, 2, 29), date(2025, 1, 1), date(2025, 12, 31), date(2026, 3, 31)]),
)
def test_any_words_give_periods_in_order_that_end_today_unless_ahead(
    words: list[str], language: str, as_of: date
) -> None:
    found = spans(" ".join(words), language, as_of)
    edges = [edge for span in found for edge in (span.first, span.last)]
    assert edges == sorted(edges)
    for span in found:
        assert span.first < span.last
        assert span.period or span.relative or span.problem
        if span.period is not None:
            assert span.is_future == (span.period.first > as_of)
            assert span.is_future or span.period.last <= as_of
