"""Whatever fits the schema becomes a reading of offered things, or is said to be unusable."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.assistant.model import menu
from app.assistant.model.build import Ambiguous, reading_of
from app.assistant.model.menu import MOST_METRICS, MOST_SPLITS
from app.assistant.model.request import PlanRequest, UnusablePlan, schema, shaped
from app.assistant.question import read
from app.assistant.reading import Kind, Reading, Refusal, Topic
from tests.assistant.model.conftest import books_for

QUESTION = read("why did milk and lakeview sell less than dairy last week, frobnicated")
UNSURE = Reading(kind=Kind.REFUSE, refusal=Refusal.WORDS)
MENU = menu.lay_out(QUESTION, books_for(), "en", None, UNSURE)
IDS = sorted(MENU.values)
PERIODS = [
    "last_week",
    "today",
    "next_14_days",
    "2025-06-01/2025-06-08",
    "2025-02-30",
    "2025-06-08/2025-06-01",
    "0001-01-01/9999-12-31",
]


def lists(names: Any) -> Any:
    return st.lists(st.sampled_from(list(names)), max_size=3)


PLANS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            ["metric", "compare", "drivers", "stockout", "slow_movers", "lookup", "digest", "refuse"]
        )
    },
    optional={
        "topic": st.sampled_from([str(topic) for topic in Topic]),
        "metrics": lists(MENU.metrics),
        "by": lists(MENU.splits),
        "only": lists(IDS),
        "without": lists(IDS),
        "period": st.sampled_from(PERIODS),
        "compare_with": st.sampled_from(["previous", "year_before", *PERIODS]),
        "order": st.sampled_from(["largest", "smallest"]),
        "limit": st.integers(1, 1000),
        "derived": st.sampled_from(["share", "average"]),
        "direction": st.sampled_from(["up", "down"]),
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLANS)
def test_every_plan_that_fits_the_schema_is_a_reading_or_is_refused(plan: dict[str, Any]) -> None:
    request = shaped(MENU).model_validate(plan)
    try:
        found = reading_of(request, MENU)
    except (UnusablePlan, Ambiguous):
        return
    offered = {value for item in MENU.values.values() for option in item.options for value in option.values}
    assert set(found.metrics) <= set(MENU.metrics)
    assert {value for item in found.where for value in item.values} <= offered
    assert found.kind in Kind


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_name_is_taken_that_was_not_offered(metric: str, value: str) -> None:
    request = shaped(MENU)
    for field, name, offered in (("metrics", metric, MENU.metrics), ("only", value, IDS), ("by", value, MENU.splits)):
        if name not in offered:
            with pytest.raises(ValidationError):
                request.model_validate({"kind": "metric", field: [name]})


def test_what_is_offered_stays_small_and_holds_what_the_question_names() -> None:
    assert len(MENU.metrics) <= MOST_METRICS
    assert len(MENU.splits) <= MOST_SPLITS
    assert "frobnicated" in MENU.unknown
    assert {item.words.lower() for item in MENU.values.values()} >= {"milk", "lakeview", "dairy"}


def test_the_schema_for_an_endpoint_is_plain_json_schema_without_fields_that_stay_empty() -> None:
    bare = menu.lay_out(read("revenue last week"), books_for(), "en", None, UNSURE)
    found = schema(shaped(bare))
    assert "only" not in found["properties"]
    assert "meanings" not in found["properties"]
    assert found["required"] == ["kind"]
    assert found["additionalProperties"] is False
    assert not {"title", "anyOf", "default"} & set(json.dumps(found).replace('"', " ").split())
    assert len(json.dumps(schema(shaped(MENU)))) < 6000
    assert set(found["properties"]) < set(PlanRequest.model_fields)
