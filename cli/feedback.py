"""`tillsight feedback`: what people thought of answers, and which of it becomes a verified question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.context import of
from cli.output import print_json, print_line, print_note

if TYPE_CHECKING:
    from retail.operational.feedback import Feedback, FeedbackStore

feedback_app = typer.Typer(help="Feedback on the assistant's answers.", rich_markup_mode=None, no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
FeedbackId = Annotated[str, typer.Argument(metavar="ID", help="As `tillsight feedback list` shows it.")]


@feedback_app.command("list")
def list_feedback(
    context: typer.Context,
    state: Annotated[
        Literal["candidate", "accepted", "rejected", "all"], typer.Option(help="What has become of it.")
    ] = "candidate",
    as_json: AsJson = False,
) -> None:
    """List feedback, the newest first."""
    from retail.operational.feedback import FeedbackState, must_judge

    must_judge(of(context).principal())
    with _store(context) as store:
        found = store.newest(None if state == "all" else FeedbackState(state))
    if as_json:
        print_json({"feedback": [_as_object(item) for item in found]})
        return
    for item in found:
        thumb = "right" if item.is_helpful else "wrong"
        meant = f"  meant: {item.correction}" if item.correction else ""
        print_line(f"{item.feedback_id}  {item.state}  {thumb}  {item.question}{meant}")
    if not found:
        print_note("There is none. Thumbs and corrections on the Assistant page come here.")


@feedback_app.command("accept")
def accept(context: typer.Context, feedback_id: FeedbackId, as_json: AsJson = False) -> None:
    """Make it a verified question of the workspace: read this way from now on, for everybody, word for word."""
    from app.assistant import learning
    from app.assistant.assistant import Assistant

    command = of(context)
    who = command.principal()
    assistant = Assistant.open(command.workspace(), command.settings)
    try:
        with _store(context) as store:
            decided = learning.accept(
                store,
                assistant.books(who),
                feedback_id,
                lambda question, previous: assistant.understand(question, who, previous).reading,
            )
    finally:
        assistant.metrics.close()
    _say(decided, as_json=as_json)


@feedback_app.command("reject")
def reject(context: typer.Context, feedback_id: FeedbackId, as_json: AsJson = False) -> None:
    """Decide that nothing is learnt from it."""
    from app.assistant import learning

    with _store(context) as store:
        decided = learning.reject(store, of(context).principal(), feedback_id)
    _say(decided, as_json=as_json)


@contextmanager
def _store(context: typer.Context) -> Iterator[FeedbackStore]:
    from retail.operational.feedback import FeedbackStore

    command = of(context)
    store = FeedbackStore.of(command.workspace(), command.settings)
    try:
        yield store
    finally:
        store.close()


def _say(decided: Feedback, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_object(decided))
    else:
        print_line(f"Feedback {decided.feedback_id} is {decided.state}.")


def _as_object(feedback: Feedback) -> dict[str, Any]:
    import json

    try:
        reading = json.loads(feedback.reading)
    except ValueError:
        reading = feedback.reading
    return {**asdict(feedback), "reading": reading}
