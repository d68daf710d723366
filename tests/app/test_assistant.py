"""The assistant's page: what is asked is answered from the metrics, kept over a reload, and judged by people."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from streamlit.testing.v1 import AppTest

from app import formats
from app.assistant import verified
from app.assistant.languages import texts
from metrics import MetricQuery, Metrics
from retail.operational.conversations import Conversations
from retail.operational.feedback import FeedbackStore
from retail.operational.saved_questions import SavedQuestions
from retail.principal import LOCAL
from retail.settings import Settings
from retail.workspace import Workspace

pytestmark = pytest.mark.xdist_group("app")

OpenPage = Callable[..., AppTest]
BEST = "What sold best this week?"
HOSTILE = (
    "<script>alert(1)</script>",
    "[a](http://evil.example)",
    "![i](http://evil.example/x.png)",
    "$x$ :smile: `x`",
)


@pytest.fixture
def shop(workspace_with_drafts: Workspace) -> Workspace:
    (workspace_with_drafts.root / verified.FILE_NAME).unlink(missing_ok=True)
    return workspace_with_drafts


def said(app: AppTest) -> str:
    blocks = (app.markdown, app.caption, app.info, app.toast, app.warning, app.error)
    return " ".join(element.value for block in blocks for element in block).replace("\\", "")


def ask(app: AppTest, question: str) -> AppTest:
    app.chat_input[0].set_value(question)
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    found = [button for button in app.button if button.label.replace("\\", "") == label]
    assert found, [button.label for button in app.button]
    return found[0].click().run()


def questions(shop: Workspace, name: str) -> list[str]:
    with closing(Conversations.of(shop, Settings())) as store:
        return [turn.question for turn in store.turns(LOCAL, name)]


def test_a_new_person_sees_the_six_questions_and_a_press_answers_one(open_page: OpenPage, shop: Workspace) -> None:
    app = open_page(shop, "assistant")
    labels = [button.label.replace("\\", "") for button in app.button]
    assert labels == list(verified.headlines("en"))
    press(app, BEST)
    assert not app.exception
    assert not app.error
    assert "green-badge[Verified question]" in said(app)
    with closing(Metrics.open(shop)) as metrics:
        monday = metrics.catalogue.as_of.replace(day=9)
        query = MetricQuery(
            metrics=("units_sold",), by=("product",), from_date=monday, order_by=("-units_sold",), limit=10
        )
        best = metrics.query(query).rows
    shown = app.dataframe[0].value
    assert list(shown["units_sold"]) == [row["units_sold"] for row in best]
    assert str(best[0]["product"]) in said(app)
    assert "Data up to Fri 13 Jun 2025" in said(app)


@pytest.mark.slow
@pytest.mark.parametrize("question", verified.headlines("en"))
def test_every_headline_question_is_answered_on_the_page(open_page: OpenPage, shop: Workspace, question: str) -> None:
    app = open_page(shop, "assistant", q=question)
    assert not app.exception
    assert not app.error
    assert "green-badge[Verified question]" in said(app)
    assert "SELECT" in "".join(code.value for code in app.code).upper()


def test_a_question_in_the_address_is_asked_once_and_kept_over_a_reload(open_page: OpenPage, shop: Workspace) -> None:
    app = open_page(shop, "assistant", q=BEST)
    assert "q" not in app.query_params
    name = str(app.query_params["c"][0]) if isinstance(app.query_params["c"], list) else str(app.query_params["c"])
    first = said(app)
    app.run()
    assert questions(shop, name) == [BEST]
    again = open_page(shop, "assistant", c=name)
    assert BEST in said(again)
    assert first.split("Highest", 1)[1][:100] == said(again).split("Highest", 1)[1][:100]
    press(again, "New conversation")
    assert BEST in [button.label.replace("\\", "") for button in again.button]
    assert questions(shop, name) == [BEST]


def test_a_suggestion_is_asked_when_it_is_pressed(open_page: OpenPage, shop: Workspace) -> None:
    app = open_page(shop, "assistant", q=BEST)
    suggestion = next(button for button in app.button if str(button.key).startswith("suggestion_"))
    label = suggestion.label.replace("\\", "")
    suggestion.click().run()
    assert not app.exception
    assert questions(shop, app.session_state["chat_thread"].name) == [BEST, label]
    assert len(app.chat_message) == 4


def test_hostile_questions_are_shown_letter_for_letter(open_page: OpenPage, shop: Workspace) -> None:
    app = open_page(shop, "assistant")
    for hostile in HOSTILE:
        ask(app, hostile)
        assert not app.exception
        asked = app.chat_message[len(app.chat_message) - 2].markdown[0].value
        assert asked == formats.plain(hostile)
        assert asked.replace("\\", "").replace("\u2060", "") == hostile
    assert "badge[Not answered]" in said(app)


def test_a_question_of_the_address_that_is_too_long_is_an_error_in_words(open_page: OpenPage, shop: Workspace) -> None:
    app = open_page(shop, "assistant", q="x" * 5000)
    assert not app.exception
    assert "A question may have 500 characters" in said(app)


def test_thumbs_and_corrections_are_candidates_and_a_person_makes_one_verified(
    open_page: OpenPage, shop: Workspace
) -> None:
    app = open_page(shop, "assistant", q="Net sales by category last week")
    app.feedback[0].set_value(0).run()
    app.text_input[-1].set_value("units sold by category last week")
    press(app, "Send")
    with closing(FeedbackStore.of(shop, Settings())) as store:
        (candidate,) = store.newest()
    assert (candidate.is_helpful, candidate.correction) == (False, "units sold by category last week")
    assert not (shop.root / verified.FILE_NAME).exists()
    press(open_page(shop, "analyst"), "Accept as verified")
    assert "units_sold" in (shop.root / verified.FILE_NAME).read_text()
    again = open_page(shop, "assistant", q="NET SALES by category last week")
    assert "green-badge[Verified question]" in said(again)
    assert "units_sold" in again.dataframe[0].value.columns


def test_a_question_is_kept_on_the_dashboard_and_shown_there(open_page: OpenPage, shop: Workspace) -> None:
    app = open_page(shop, "assistant", q=BEST)
    press(app, "Keep")
    with closing(SavedQuestions.of(shop, Settings())) as store:
        (saved,) = store.visible(LOCAL)
    assert (saved.title, saved.is_shared) == (BEST, False)
    assert BEST in said(open_page(shop, "dashboard"))


def test_a_role_without_money_is_told_no_amounts_of_it(
    open_page: OpenPage, shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", "staff")
    app = open_page(shop, "assistant", q="Gross margin last week")
    assert not app.exception
    assert "Not answered" in said(app)
    assert len(app.dataframe) + len(app.metric) == 0


def test_words_of_the_page_are_there_in_every_language() -> None:
    english, german = ({key for key in texts(code) if key.startswith("chat.")} for code in ("en", "de"))
    assert english == german
