"""How feedback becomes a verified question: a person decides, and what they accept is checked first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Final

from pydantic import ValidationError

from app.assistant import verified
from app.assistant.answer import Answer
from app.assistant.books import Books
from app.assistant.languages import DEFAULT, texts
from app.assistant.question import read
from app.assistant.reading import Reading
from retail.errors import UnusableRequest
from retail.operational.feedback import Feedback, FeedbackState, FeedbackStore, must_judge
from retail.principal import Principal

_ASSUMED: Final = "assumption."
ReadAgain = Callable[[str, Reading | None], Reading]
"""How a question is read now, after another reading or alone."""


def give(books: Books, answer: Answer, *, is_helpful: bool, correction: str | None = None) -> Feedback:
    """Keep what a person thinks of an answer, as a candidate.

    Raises:
        UnusableRequest: The correction is too long, or too many candidates wait already.
        StoreError: The store could not be written.
    """
    with closing(FeedbackStore.of(books.workspace, books.settings)) as store:
        return store.give(
            books.principal,
            is_helpful=is_helpful,
            question=answer.question,
            language=answer.language,
            planner=answer.planner,
            reading=answer.reading.model_dump_json(exclude_defaults=True),
            correction=correction,
        )


def accept(store: FeedbackStore, books: Books, feedback_id: str, read_again: ReadAgain) -> Feedback:
    """Make a candidate a verified question of the workspace.

    Raises:
        Refused: The role may not decide.
        UnusableRequest: There is no such feedback, it says nothing that could be learnt, or its reading cannot hold.
        AlreadyDecided: It was rejected.
        StoreError: The store could not be written.
    """
    must_judge(books.principal)

    def learn(feedback: Feedback) -> None:
        reading = proposed(feedback, read_again)
        must_be_sound(feedback, reading, books, read_again)
        verified.accept(books.workspace, feedback.question, feedback.language, reading)

    return store.decide(books.principal, feedback_id, FeedbackState.ACCEPTED, learn)


def reject(store: FeedbackStore, principal: Principal, feedback_id: str) -> Feedback:
    """Decide that a candidate is not learnt from.

    Raises:
        Refused: The role may not decide.
        UnusableRequest: There is no such feedback.
        AlreadyDecided: It was accepted.
        StoreError: The store could not be written.
    """
    return store.decide(principal, feedback_id, FeedbackState.REJECTED)


def proposed(feedback: Feedback, read_again: ReadAgain) -> Reading:
    """The reading that a candidate asks for: that of its correction, else the one that was found helpful.

    Raises:
        UnusableRequest: It says only that the answer was wrong, or its reading is none.
    """
    if feedback.correction is not None:
        return read_again(feedback.correction, None)
    if not feedback.is_helpful:
        raise UnusableRequest(
            f"Feedback {feedback.feedback_id} says that an answer was wrong, not what would have been right: there is "
            "nothing to accept. Reject it once you have looked at it."
        )
    try:
        return Reading.model_validate_json(feedback.reading)
    except ValidationError as error:
        raise UnusableRequest(
            f"The reading of feedback {feedback.feedback_id} is none that this version knows. Reject it."
        ) from error


def must_be_sound(feedback: Feedback, reading: Reading, books: Books, read_again: ReadAgain) -> None:
    """See that a reading may stand for the question on any day and names only what there is.

    Raises:
        UnusableRequest: It may not.
    """
    verified.written(reading)
    question = read(feedback.question)
    if read_again(question.text, reading).inherited:
        raise UnusableRequest(
            "The words of this question go on from the one before it, so they cannot always mean the same. Reject it."
        )
    if verified.is_shipped(question):
        raise UnusableRequest("This question comes with Tillsight as verified and keeps its reading. Reject it.")
    is_told = all(key.startswith(_ASSUMED) and key in texts(DEFAULT) for key in reading.assumptions)
    if not is_told or not verified.is_within_reach(reading, books):
        raise UnusableRequest(
            f"The reading of feedback {feedback.feedback_id} names a metric, dimension, value or text that is not "
            "there, or that you may not see. Reject it."
        )
