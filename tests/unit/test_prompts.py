"""Prompts are files that hold together: each loads, and its examples are replies that would be taken."""

from __future__ import annotations

import pytest

import prompts
from app.assistant.model.request import PlanRequest
from app.assistant.reading import Kind, Refusal, Topic
from retail.errors import ConfigurationError


def test_every_prompt_loads_and_says_what_it_is_for() -> None:
    assert prompts.names() == ("plan", "rephrase")
    assert all(prompts.load(name).purpose for name in prompts.names())


def test_every_example_of_a_plan_would_be_taken() -> None:
    for example in prompts.load("plan").examples:
        PlanRequest.model_validate(example.reply)


def test_the_planning_prompt_names_every_kind_topic_and_field() -> None:
    system = prompts.load("plan").system
    kinds = set(Kind) - {Kind.CLARIFY}
    told = {*kinds, *Topic, *PlanRequest.model_fields}
    assert {word for word in told if word not in system} == set()
    assert all(refusal in system for refusal in (Refusal.OUTSIDE, Refusal.MISSING, Refusal.ACTION, Refusal.PERSONAL))


def test_the_planning_prompt_is_short_enough_for_a_small_model() -> None:
    assert len(prompts.load("plan").instructions) < 6000


def test_a_prompt_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match="There are: plan, rephrase"):
        prompts.load("../../etc/passwd")
