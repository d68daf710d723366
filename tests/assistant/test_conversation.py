"""What a conversation remembers: readings that move on with the days, of the same person, and only what can be read."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant import dates
from app.assistant.conversation import Conversation, read_back
from app.assistant.reading import Choice, Kind, Period, Reading
from app.assistant.renewal import renewed
from retail.operational.conversations import Conversations
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.vocabulary import Role
from retail.workspace import Workspace

TODAY = date(2025, 6, 13)
DAYS = st.dates(date(2010, 1, 1), date(2040, 12, 31))
NAMES = st.sampled_from(
    ["today", "yesterday", "this_week", "last_week", "this_month", "last_month", "last_28_days", "last_3_months",
     "this_year", "last_quarter", "next_14_days", "tomorrow"]
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def sales(period: Period | None, compare_with: Period | None = None) -> Reading:
    return Reading(kind=Kind.COMPARE, metrics=("net_sales",), period=period, compare_with=compare_with)


def keep(shop: Workspace, reading: str, *, who: Principal = LOCAL, language: str = "en") -> None:
    with closing(Conversations.of(shop, Settings())) as store:
        store.add(who, "c", question="?", language=language, planner="local", reading=reading)


def opened(shop: Workspace, name: str | None = "c", who: Principal = LOCAL) -> tuple[Reading | None, str | None]:
    with Conversation.of(shop, Settings(), who, name, TODAY) as conversation:
        return conversation.previous, conversation.language


@given(NAMES, DAYS, DAYS)
def test_a_named_period_and_what_it_is_compared_with_move_on_with_the_days(name: str, then: date, now: date) -> None:
    for rule in (dates.previous, dates.year_before):
        period = dates.named(name, then)
        again = renewed(sales(period, rule(period)), now)
        assert again.period == dates.named(name, now)
        compared = again.compare_with
        assert compared is not None
        if rule is dates.previous:  # which of two rules that agree on a day was meant, nobody can tell
            assert (compared.first, compared.last) == (rule(again.period).first, rule(again.period).last)


def test_days_that_somebody_named_stay_and_an_odd_distance_is_kept() -> None:
    fixed = Period(first=TODAY, last=TODAY)
    assert renewed(sales(fixed, fixed), TODAY + timedelta(9)) == sales(fixed, fixed)
    other = Period(first=TODAY - timedelta(11), last=TODAY - timedelta(9))
    again = renewed(sales(dates.named("yesterday", TODAY), other), TODAY + timedelta(3))
    assert again.compare_with == Period(first=other.first + timedelta(3), last=other.last + timedelta(3))


def test_a_month_that_somebody_named_stays_beside_one_that_moves_on() -> None:
    november = Period(first=date(2023, 11, 1), last=date(2023, 11, 30))
    again = renewed(sales(dates.named("last_month", TODAY), november), TODAY + timedelta(30))
    assert again == sales(dates.named("last_month", TODAY + timedelta(30)), november)


def test_a_question_that_is_shown_again_another_day_is_about_that_day(shop: Workspace) -> None:
    keep(shop, sales(dates.named("today", date(2025, 6, 1))).model_dump_json())
    keep(shop, sales(dates.named("all_time", TODAY)).model_dump_json())
    with closing(Conversations.of(shop, Settings())) as store:
        today, ever = (read_back(turn, TODAY, date(2024, 5, 6)) for turn in store.turns(LOCAL, "c"))
    assert today == sales(dates.named("today", TODAY))
    assert ever is not None
    assert ever.period is not None
    assert (ever.period.first, ever.period.last) == (date(2024, 5, 6), TODAY)


def test_choices_move_on_too() -> None:
    choice = Choice(label="Sales yesterday", reading=sales(dates.named("yesterday", TODAY)))
    asked_back = Reading(kind=Kind.CLARIFY, choices=(choice,))
    again = renewed(asked_back, TODAY + timedelta(1)).choices[0].reading
    assert again.period == dates.named("yesterday", TODAY + timedelta(1))


def test_the_last_question_that_had_an_answer_is_the_one_before(shop: Workspace) -> None:
    old = sales(dates.named("yesterday", date(2025, 1, 2)))
    keep(shop, old.model_dump_json())
    keep(shop, Reading(kind=Kind.CLARIFY).model_dump_json())
    keep(shop, '{"kind":"oracle"}', language="de")
    assert opened(shop) == (sales(dates.named("yesterday", TODAY)), "de")


def test_another_person_another_name_and_no_name_know_nothing_of_it(shop: Workspace) -> None:
    keep(shop, sales(None).model_dump_json())
    assert opened(shop, who=Principal("Bo", Role.SUPERADMIN)) == (None, None)
    assert opened(shop, "d") == (None, None)
    assert opened(shop, None) == (None, None)


@pytest.mark.parametrize(
    "reading", ["", "{", "[]", '{"kind":"metric","period":{"first":"2025-02-02","last":"2025-01-01"}}']
)
def test_what_cannot_be_read_any_more_is_passed_over(shop: Workspace, reading: str) -> None:
    keep(shop, reading, language="xx")
    assert opened(shop) == (None, None)
