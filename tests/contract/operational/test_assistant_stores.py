"""What the assistant keeps, on SQLite and on PostgreSQL: conversations, feedback and saved questions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from retail.errors import AlreadyDecided, Refused, StoreError, UnusableRequest
from retail.operational import audit, conversations, feedback, saved_questions
from retail.operational.conversations import Conversations
from retail.operational.feedback import Feedback, FeedbackState, FeedbackStore
from retail.operational.saved_questions import SavedQuestion, SavedQuestions
from retail.principal import LOCAL, Principal
from retail.vocabulary import Role

ADA = Principal("Ada", Role.MANAGER)
BO = Principal("Bo", Role.STAFF)
READING = '{"kind":"metric","metrics":["net_sales"]}'


@pytest.fixture
def kept(engine: Engine) -> Conversations:
    return Conversations(engine)


@pytest.fixture
def given(engine: Engine) -> FeedbackStore:
    return FeedbackStore(engine)


@pytest.fixture
def saved(engine: Engine) -> SavedQuestions:
    return SavedQuestions(engine)


def say(kept: Conversations, who: Principal, name: str, *questions: str) -> None:
    for question in questions:
        kept.add(who, name, question=question, language="en", planner="local", reading=READING)


def give(given: FeedbackStore, who: Principal = ADA, **changes: Any) -> Feedback:
    thought = {"is_helpful": True, "question": "Sales?", "language": "en", "planner": "local", "reading": READING}
    return given.give(who, **{**thought, **changes})


def save(saved: SavedQuestions, who: Principal, title: str, *, is_shared: bool = False) -> SavedQuestion:
    return saved.save(who, title=title, question="Sales?", language="en", reading=READING, is_shared=is_shared)


def test_a_conversation_is_its_persons_and_keeps_its_order(kept: Conversations) -> None:
    say(kept, ADA, "c", "one", "two")
    say(kept, BO, "c", "other")
    assert [turn.question for turn in kept.turns(ADA, "c")] == ["one", "two"]
    assert [turn.question for turn in kept.turns(BO, "c")] == ["other"]
    assert [(found.name, found.first_question) for found in kept.recent(ADA)] == [("c", "one")]
    kept.forget(BO, "c")
    assert (kept.turns(BO, "c"), len(kept.turns(ADA, "c"))) == ([], 2)


def test_old_turns_and_old_conversations_go(kept: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "TURNS_KEPT", 3)
    monkeypatch.setattr(conversations, "CONVERSATIONS_KEPT", 2)
    say(kept, ADA, "a", *"12345")
    assert [turn.question for turn in kept.turns(ADA, "a")] == ["3", "4", "5"]
    say(kept, ADA, "b", "6")
    say(kept, ADA, "c", "7")
    assert [found.name for found in kept.recent(ADA)] == ["c", "b"]


@pytest.mark.parametrize(("name", "reading"), [("", READING), ("x" * 101, READING), ("c", "x" * 50_001)])
def test_what_is_too_long_is_not_kept(kept: Conversations, name: str, reading: str) -> None:
    with pytest.raises(UnusableRequest):
        kept.add(ADA, name, question="?", language="en", planner="local", reading=reading)


def test_a_store_that_fails_says_so_and_keeps_nothing(kept: Conversations, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table conversation_turns")
    with pytest.raises(StoreError, match="did not keep it"):
        say(kept, ADA, "c", "lost")


def test_feedback_is_a_candidate_until_somebody_decides_and_each_step_is_audited(
    given: FeedbackStore, engine: Engine
) -> None:
    first = give(given)
    assert give(given) == first
    second = give(given, is_helpful=False, correction="  Revenue \n today ")
    assert (second.feedback_id, second.correction) == (first.feedback_id, "Revenue today")
    assert given.newest() == [second]
    decided = given.decide(LOCAL, first.feedback_id, FeedbackState.REJECTED)
    assert given.decide(LOCAL, first.feedback_id, FeedbackState.REJECTED) == decided
    assert (given.newest(), given.newest(None)) == ([], [decided])
    with pytest.raises(AlreadyDecided, match="rejected by local already"):
        given.decide(LOCAL, first.feedback_id, FeedbackState.ACCEPTED)
    newest, changed, made = audit.entries(engine)
    assert [entry.action for entry in (newest, changed, made)] == ["feedback.reject", "feedback.give", "feedback.give"]
    assert json.loads(str(newest.before))["state"] == "candidate"
    assert audit.verify(engine).is_intact


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF])
def test_managers_and_staff_do_not_decide_what_is_verified(given: FeedbackStore, role: Role) -> None:
    candidate = give(given)
    for state in (FeedbackState.ACCEPTED, FeedbackState.REJECTED):
        with pytest.raises(Refused, match=f"The role {role.value} may not decide"):
            given.decide(Principal("Cy", role), candidate.feedback_id, state)
    assert given.get(candidate.feedback_id).state is FeedbackState.CANDIDATE


def test_what_goes_with_a_decision_and_fails_leaves_it_undecided(given: FeedbackStore, engine: Engine) -> None:
    def fail(_: Feedback) -> None:
        raise UnusableRequest("no")

    candidate = give(given)
    with pytest.raises(UnusableRequest, match="no"):
        given.decide(LOCAL, candidate.feedback_id, FeedbackState.ACCEPTED, fail)
    assert given.newest() == [candidate]
    assert len(audit.entries(engine)) == 1


def test_a_flood_of_feedback_and_endless_texts_are_refused(
    given: FeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "MOST_CANDIDATES", 2)
    give(given, question="1")
    give(given, question="2")
    with pytest.raises(UnusableRequest, match="2 pieces of your feedback wait"):
        give(given, question="3")
    give(given, BO, question="3")
    for changes in ({"question": "x" * 501}, {"correction": "x" * 501}, {"reading": "x" * 50_001}):
        with pytest.raises(UnusableRequest, match="at most"):
            give(given, BO, **changes)


def test_a_dashboard_shows_what_is_shared_and_ones_own_in_order(saved: SavedQuestions) -> None:
    mine, second, others = (save(saved, *what) for what in ((BO, "a"), (BO, " b  c "), (ADA, "private")))
    shared = save(saved, ADA, "all", is_shared=True)
    assert [found.title for found in saved.visible(BO)] == ["all", "a", "b c"]
    saved.move(BO, second.saved_id, is_up=True)
    saved.move(BO, second.saved_id, is_up=True)
    saved.rename(BO, mine.saved_id, "z")
    assert [found.title for found in saved.visible(BO)] == ["all", "b c", "z"]
    assert [found.saved_id for found in saved.visible(ADA)] == [shared.saved_id, others.saved_id]
    saved.remove(BO, second.saved_id)
    assert [found.title for found in saved.visible(BO)] == ["all", "z"]


Change = Callable[[SavedQuestions, SavedQuestion], None]


@pytest.mark.parametrize(
    "change",
    [
        lambda saved, item: saved.rename(BO, item.saved_id, "x"),
        lambda saved, item: saved.remove(BO, item.saved_id),
        lambda saved, item: saved.move(BO, item.saved_id, is_up=True),
    ],
)
def test_nobody_changes_what_is_anothers_or_everybodys(saved: SavedQuestions, change: Change) -> None:
    private, shared = save(saved, ADA, "private"), save(saved, ADA, "all", is_shared=True)
    with pytest.raises(UnusableRequest, match="no longer on the dashboard"):
        change(saved, private)
    with pytest.raises(Refused, match="the role staff may not change it"):
        change(saved, shared)
    with pytest.raises(Refused, match="may not put a question on everybody's dashboard"):
        save(saved, BO, "all", is_shared=True)
    assert [found.title for found in saved.visible(ADA)] == ["all", "private"]


def test_a_dashboard_has_an_end_and_titles_have_a_length(
    saved: SavedQuestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_questions, "MOST_SAVED", 1)
    save(saved, ADA, "a")
    with pytest.raises(UnusableRequest, match="holds 1 questions"):
        save(saved, ADA, "b")
    for title in ("", " \n", "x" * 121):
        with pytest.raises(UnusableRequest, match="1 to 120 characters"):
            save(saved, BO, title)
