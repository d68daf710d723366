"""`tillsight eval`: the questions of `evals/` asked of the demos, judged against answers from their raw files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.context import of
from cli.output import print_json, print_line, print_note

if TYPE_CHECKING:
    from cli.context import CliContext
    from retail.workspace import Workspace

_EVERY = 25
"""Questions between two lines of progress."""


def evaluate(
    context: typer.Context,
    suite: Annotated[str | None, typer.Option(help="Name of one suite. Default: every suite.")] = None,
    part: Annotated[
        Literal["open", "held-out", "all"], typer.Option(help="The questions that the parser was written with, or not.")
    ] = "all",
    planner: Annotated[
        Literal["local", "model"],
        typer.Option(help="Who reads the questions; the model needs TILLSIGHT_ASSISTANT_URL."),
    ] = "local",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Ask the evals' questions and say how many answers are right, wrong without saying so, asked back or refused."""
    from evals import question, report, run
    from retail.errors import UnusableRequest

    questions = question.load(part, suite)
    if not questions:
        raise UnusableRequest(f"There is no suite {suite!r}. There are: {', '.join(question.suites())}.")
    places = _workspaces(of(context), {item.workspace for item in questions})
    missing = sorted({item.workspace for item in questions} - places.keys())
    if not places:
        raise UnusableRequest(
            f"The questions are about {' and '.join(missing)}, which is not there. Run `tillsight demo`."
        )
    judged = run.run(
        [item for item in questions if item.workspace in places], places, of(context).settings, planner, _told
    )
    found = report.document(judged, planner, missing)
    if as_json:
        print_json(found)
        return
    for line in report.table(found):
        print_line(line)
    for name in missing:
        print_note(f"Questions about {name} were left out: it is not there. `tillsight demo` makes it.")
    for failure in found["failures"]:
        asked = " / ".join(failure["turns"]) if "turns" in failure else f"a held-out question of {failure['suite']}"
        print_note(f"{failure['outcome']}: {asked} ({failure['why']})")


def _workspaces(command: CliContext, names: set[str]) -> dict[str, Workspace]:
    """The published workspace for each demo that questions are about, or the one that `--workspace` names."""
    from retail.errors import NothingPublished
    from retail.workspace import located

    if command.workspace_name is not None:
        chosen = command.workspace()
        places = {f"demo-{chosen.describe().dataset}": chosen}
    else:
        places = {name: located(command.settings.home, name) for name in names}
    found = {}
    for name, workspace in places.items():
        try:
            workspace.published()
        except NothingPublished:
            continue
        if name in names:
            found[name] = workspace
    return found


def _told(done: int, of_all: int, name: str) -> None:
    if done % _EVERY == 0:
        print_note(f"{done} of {of_all}: {name}")
