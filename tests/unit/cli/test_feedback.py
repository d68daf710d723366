"""`tillsight feedback`: what becomes a verified question is a person's decision, checked and audited."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.assistant import dates, verified
from app.assistant.question import read
from app.assistant.reading import Kind, Period, Reading
from cli.main import main
from metrics import Filter, Metrics
from retail.operational import audit
from retail.operational.database import open_store
from retail.operational.feedback import FeedbackStore
from retail.principal import LOCAL
from retail.settings import Settings
from retail.workspace import Workspace

Call = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def metrics(small_workspace: Workspace) -> Iterator[Metrics]:
    opened = Metrics.open(small_workspace)
    yield opened
    opened.close()


@pytest.fixture
def shop(small_workspace: Workspace, tmp_path: Path) -> Workspace:
    """A workspace with the small demo's published run and a store of its own."""
    root = tmp_path / "home" / "demo-sample"
    root.mkdir(parents=True)
    (root / "workspace.json").write_text((small_workspace.root / "workspace.json").read_text())
    (root / "serving").symlink_to(small_workspace.serving)
    return Workspace(root)


@pytest.fixture
def call(
    shop: Workspace, metrics: Metrics, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Run the command with `--json`; gives its exit status and its document."""
    monkeypatch.setattr(Metrics, "open", lambda *_: metrics)
    monkeypatch.setenv("TILLSIGHT_HOME", str(shop.root.parent))

    def run(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--json"])
        return int(ended.value.code or 0), json.loads(capsys.readouterr().out)

    return run


def sales(metrics: Metrics, **changes: Any) -> Reading:
    period = dates.named("last_week", metrics.catalogue.as_of)
    return Reading(kind=Kind.METRIC, metrics=("net_sales",), by=("category",), period=period).model_copy(update=changes)


def give(shop: Workspace, reading: Reading | str, question: str = "What did we take?", **changes: Any) -> str:
    text = reading if isinstance(reading, str) else reading.model_dump_json()
    thought = {"is_helpful": True, "question": question, "language": "en", "planner": "local", "reading": text}
    with closing(FeedbackStore.of(shop, Settings())) as store:
        return store.give(LOCAL, **{**thought, **changes}).feedback_id


def written(shop: Workspace) -> list[Any]:
    path = shop.root / verified.FILE_NAME
    return list(yaml.safe_load(path.read_text())) if path.exists() else []


def test_what_is_accepted_is_asked_as_verified_and_moves_on_with_the_days(
    call: Call, shop: Workspace, metrics: Metrics
) -> None:
    feedback_id = give(shop, sales(metrics))
    assert call("ask", "what did we TAKE")[1]["tier"] == "metric"
    assert call("feedback", "accept", feedback_id)[1]["state"] == "accepted"
    assert call("feedback", "accept", feedback_id)[0] == 0
    assert written(shop)[0]["reading"]["period"] == "last_week"
    _, answer = call("ask", "what did we TAKE")
    assert (answer["tier"], answer["planner"], answer["dimensions"]) == ("verified", "verified", ["category"])
    engine = open_store(shop, Settings())
    assert [entry.action for entry in audit.entries(engine)] == ["feedback.accept", "feedback.give"]
    assert audit.verify(engine).is_intact
    engine.dispose()


def test_a_correction_is_read_again_and_takes_the_place_of_what_was_accepted_before(
    call: Call, shop: Workspace, metrics: Metrics
) -> None:
    call("feedback", "accept", give(shop, sales(metrics)))
    correction = give(shop, sales(metrics), is_helpful=False, correction="units sold by store last week")
    assert call("feedback", "accept", correction)[0] == 0
    (only,) = written(shop)
    assert (only["reading"]["metrics"], only["reading"]["by"]) == (["units_sold"], ["store"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_helpful": False}, "not what would have been right"),
        ({"is_helpful": False, "correction": "the frobnication of xyzzy"}, "was not answered"),
        ({"question": "and by store?"}, "go on from the one before"),
        ({"question": "and last month?", "correction": "units sold last month"}, "go on from the one before"),
        ({"question": "What sold best this week?"}, "comes with Tillsight"),
        ({"reading": "{"}, "none that this version knows"),
        ({"reading": '{"kind":"metric","metrics":["net_sales"],"sql":"drop table x"}'}, "none that this version knows"),
        ({"reading": '{"kind":"metric","metrics":["; drop table x"]}'}, "is not there"),
        ({"reading": '{"kind":"metric","metrics":["net_sales"],"by":["password"]}'}, "is not there"),
        ({"reading": '{"kind":"metric","metrics":["net_sales"],"assumptions":["metric.total"]}'}, "is not there"),
        ({"reading": '{"kind":"refuse","refusal":"words"}'}, "was not answered"),
    ],
)
def test_poisoned_or_empty_feedback_is_not_learnt(
    call: Call, shop: Workspace, metrics: Metrics, changes: dict[str, Any], why: str
) -> None:
    feedback_id = give(shop, **{"reading": sales(metrics), **changes})
    status, document = call("feedback", "accept", feedback_id)
    assert (status, why in document["error"]["message"]) == (2, True), document
    assert written(shop) == []
    assert call("feedback", "reject", feedback_id)[1]["state"] == "rejected"


def test_a_reading_that_holds_for_a_moment_or_for_an_unknown_name_is_not_learnt(
    call: Call, shop: Workspace, metrics: Metrics
) -> None:
    day = metrics.catalogue.as_of
    nobody = Filter(dimension="store", operator="=", value="Nowhere")
    for reading, why in (
        (sales(metrics, inherited=("period",)), "only makes sense after"),
        (sales(metrics, period=Period(first=day, last=day)), "Only a question whose period moves on"),
        (sales(metrics, where=(nobody,)), "is not there"),
    ):
        status, document = call("feedback", "accept", give(shop, reading))
        assert (status, why in document["error"]["message"]) == (2, True), document
    assert written(shop) == []


@pytest.mark.parametrize("role", ["manager", "staff"])
def test_managers_and_staff_neither_see_nor_decide(call: Call, shop: Workspace, metrics: Metrics, role: str) -> None:
    feedback_id = give(shop, sales(metrics))
    for arguments in (("list",), ("accept", feedback_id), ("reject", feedback_id)):
        assert call("feedback", *arguments, "--role", role)[0] == 3
    assert [item["state"] for item in call("feedback", "list")[1]["feedback"]] == ["candidate"]


def test_a_verified_question_is_not_used_for_whom_its_metric_is_hidden(
    call: Call, shop: Workspace, metrics: Metrics
) -> None:
    call(
        "feedback",
        "accept",
        give(shop, sales(metrics).model_copy(update={"metrics": ("gross_margin",)}), "How rich are we?"),
    )
    assert call("ask", "How rich are we?")[1]["tier"] == "verified"
    _, answer = call("ask", "How rich are we?", "--role", "staff")
    assert (answer["tier"], answer["rows"]) == ("metric", [])


def test_every_question_that_comes_with_tillsight_is_found_in_each_language(metrics: Metrics) -> None:
    for query in yaml.safe_load(verified.SHIPPED.read_text()):
        assert set(query["questions"]) == {"en", "de"}
        for question in (text for texts in query["questions"].values() for text in texts):
            assert verified.is_shipped(read(question.upper().rstrip("?") + "??"))
