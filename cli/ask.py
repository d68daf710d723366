"""`tillsight ask`: a question in plain words, answered from the published metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.context import of
from cli.output import print_json, print_line, print_note

if TYPE_CHECKING:
    from app.assistant.answer import Answer


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help='Such as "What sold best this week?"')],
    planner: Annotated[
        Literal["local", "model"] | None,
        typer.Option(help="Who reads the question. Default: the model where TILLSIGHT_ASSISTANT_URL is set."),
    ] = None,
    session: Annotated[
        str | None, typer.Option(help="Name of a conversation, so that `and last month?` is understood.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Answer a question from the published metrics, with where the answer comes from."""
    from app.assistant.assistant import Assistant
    from app.assistant.conversation import Conversation
    from app.assistant.reading import Refusal
    from retail.errors import Refused

    command = of(context)
    principal = command.principal()
    assistant = Assistant.open(command.workspace(), command.settings)
    days = assistant.metrics.catalogue.as_of, assistant.metrics.catalogue.first_date
    with Conversation.of(command.workspace(), command.settings, principal, session, *days) as conversation:
        answer = assistant.ask(
            question, principal, planner=planner, previous=conversation.previous, language=conversation.language
        )
        # First the answer: it is worth having even where it cannot be kept.
        if as_json:
            print_json(answer.document())
        else:
            _print(answer)
        conversation.record(answer)
    if answer.reading.refusal is Refusal.ROLE:
        raise typer.Exit(Refused.exit_status)


def _print(answer: Answer) -> None:
    from cli.metrics import print_rows

    print_line(answer.findings.text)
    if answer.findings.rows:
        print_line()
        print_rows(answer.findings.columns, answer.findings.rows)
    for choice in answer.findings.choices:
        print_line(f"  - {choice.label}")
    for sentence in (*answer.findings.assumptions, *answer.warnings, *answer.notes):
        print_note(sentence)
    if answer.findings.suggestions:
        print_note(f"You could ask: {' | '.join(answer.findings.suggestions)}")
