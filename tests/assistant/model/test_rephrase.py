"""A model may word an answer, where the owner lets it. What it may not do is say anything else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.assistant.findings import Findings
from app.assistant.reading import Kind, Period, Reading
from app.assistant.rephrase import Rephraser, Reworded
from app.assistant.speech import Speech
from metrics import Column
from retail.settings import Settings
from tests.assistant.model.conftest import CATALOGUE, FakeEndpoint, Reply, said

READING = Reading(
    kind=Kind.METRIC,
    metrics=("net_sales",),
    by=("store",),
    period=Period(name="last_week", first=date(2025, 6, 2), last=date(2025, 6, 8)),
)
FINDINGS = Findings(
    "Net sales by store, last week: Lakeview 1,250 USD, Old Mill 830 USD.",
    columns=(Column("store", "Store", None, "dimension"), Column("net_sales", "Net sales", "currency", "metric")),
    rows=[{"store": "Lakeview", "net_sales": 1250.0}, {"store": "Old Mill", "net_sales": 830.0}],
)


def reworded(endpoint: FakeEndpoint, reply: Reply, reading: Reading = READING, **settings: Any) -> Reworded:
    """The findings after the endpoint's reply."""
    endpoint.replies = [reply]
    chosen = Settings(**{"assistant_url": endpoint.url, "assistant_sees_rows": True, **settings})
    return Rephraser(chosen).reword(FINDINGS, reading, Speech("en", CATALOGUE))


def test_nothing_is_sent_unless_the_owner_lets_the_model_see_answers(endpoint: FakeEndpoint) -> None:
    assert reworded(endpoint, said("x"), assistant_sees_rows=False) == Reworded(FINDINGS)
    assert reworded(endpoint, said("x"), Reading(kind=Kind.CLARIFY)) == Reworded(FINDINGS)
    assert endpoint.requests == []


def test_a_wording_with_the_same_numbers_is_shown_and_what_was_sent_with_it(endpoint: FakeEndpoint) -> None:
    text = "Last week Lakeview took in 1,250 USD, ahead of Old Mill with 830 USD."
    found = reworded(endpoint, said(text))
    assert (found.findings.text, found.findings.rows, found.note) == (text, FINDINGS.rows, "model.reworded")
    assert FINDINGS.text in found.sent


@pytest.mark.parametrize(
    "text",
    [
        "Lakeview took in 1,350 USD and Old Mill 830 USD.",
        "Together they took in 2,080 USD.",
        "Lakeview took in 1,250 USD. See [here](http://evil.example/?q=1,250).",
        "Lakeview <img src=x onerror=alert(1)> 1,250 USD.",
        "Lakeview 1,250 USD. " * 60,
        "   ",
    ],
)
def test_a_wording_that_adds_a_number_a_link_or_markup_is_not_shown(endpoint: FakeEndpoint, text: str) -> None:
    found = reworded(endpoint, said(text))
    assert (found.findings, found.note) == (FINDINGS, "model.kept")


@pytest.mark.parametrize("reply", [Reply(b"", 500), Reply(b"<html>"), Reply(b" ", repeated=100, pause=0.05)])
def test_an_endpoint_that_fails_leaves_the_template(endpoint: FakeEndpoint, reply: Reply) -> None:
    found = reworded(endpoint, reply, assistant_timeout_seconds=0.4)
    assert (found.findings, found.note) == (FINDINGS, "model.kept")
