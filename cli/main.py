"""The `tillsight` command: global options, sub-commands, and what an error looks like."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli import connect
from cli.ask import ask
from cli.audit import audit_app
from cli.backup import backup, restore
from cli.context import CliContext
from cli.doctor import doctor
from cli.evaluate import evaluate
from cli.feedback import feedback_app
from cli.forecast import backtest, forecast
from cli.metrics import metrics_app, sql_command
from cli.output import print_json, print_note
from cli.pipeline import dagster, demo, run, select, sync
from cli.reorder import reorder_app
from cli.replay import replay
from cli.serve import app as open_app
from cli.terms import terms_app
from retail.errors import Refused, TillsightError, UnusableRequest
from retail.vocabulary import Role

if TYPE_CHECKING:
    from retail.settings import Settings

GLOBAL_OPTIONS = ("--workspace", "--role", "--store")

app = typer.Typer(
    name="tillsight",
    help="Metrics, forecasts and reorder drafts over the POS or ERP that a shop already has.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


for command in (demo, run, sync, select, dagster, ask, doctor, backup, restore, forecast, backtest, replay):
    app.command()(command)
app.command("app")(open_app)
app.command("eval")(evaluate)
app.command("sql")(sql_command)
app.add_typer(connect.app, name="connect")
app.add_typer(metrics_app, name="metrics")
app.add_typer(reorder_app, name="reorder")
app.add_typer(audit_app, name="audit")
app.add_typer(feedback_app, name="feedback")
app.add_typer(terms_app, name="terms")


@app.callback()
def global_options(
    context: typer.Context,
    workspace: Annotated[
        str | None, typer.Option(help="Workspace to use. Default: `main` if it exists, else the newest demo.")
    ] = None,
    role: Annotated[Role | None, typer.Option(help="Role to act in. Default: TILLSIGHT_APP_ROLE.")] = None,
    store: Annotated[list[str] | None, typer.Option(help="Store to be limited to; may be given again.")] = None,
) -> None:
    """Metrics, forecasts and reorder drafts over the POS or ERP that a shop already has."""
    from retail.logs import configure_logging

    settings = _settings()
    configure_logging(settings.log_level)
    context.obj = CliContext(settings, workspace, role or settings.app_role, tuple(store or settings.app_stores))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(global_options_first(given or ["--help"]), prog_name="tillsight", standalone_mode=False)
    except TillsightError as error:
        code = error.reason if isinstance(error, Refused) else error.code
        sys.exit(_report(str(error), code, error.exit_status, given))
    except typer.TyperException as error:
        sys.exit(_report(error.format_message(), "unusable", error.exit_code, given))
    except (KeyboardInterrupt, typer.Abort):
        print_note("Stopped.")
        sys.exit(130)
    except BrokenPipeError:  # the reader of a pipe left early, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # the process's edge
        sys.exit(_report_unexpected(error, given))
    sys.exit(status if isinstance(status, int) else 0)


def global_options_first(arguments: Sequence[str]) -> list[str]:
    """Move the global options to the front, so that they may stand anywhere on the line."""
    hoisted: list[str] = []
    rest: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            rest += [argument, *remaining]
        elif argument in GLOBAL_OPTIONS:
            hoisted += [argument, *[value for value in [next(remaining, None)] if value is not None]]
        elif argument.partition("=")[0] in GLOBAL_OPTIONS:
            hoisted.append(argument)
        else:
            rest.append(argument)
    return hoisted + rest


def _settings() -> Settings:
    from pydantic import ValidationError

    from retail.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "TILLSIGHT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UnusableRequest(
            f"The setting {name} cannot be used: {first['msg']}. See docs/operate/settings.md."
        ) from None


def _report(message: str, code: str, exit_status: int, arguments: Sequence[str]) -> int:
    """Say what went wrong in one line, and as JSON where a program reads."""
    line = " ".join(message.split())
    if "--json" in arguments:
        print_json({"error": {"code": code, "message": line}})
    print_note(f"tillsight: {line}")
    return exit_status


def _report_unexpected(error: Exception, arguments: Sequence[str]) -> int:
    from retail.logs import write_to_error_log

    settings = _settings()
    log = write_to_error_log(settings.home, error)
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        logging.getLogger("tillsight").error("unexpected error", exc_info=error)
    where = f"The details are in {log}." if log else "Run again with TILLSIGHT_LOG_LEVEL=DEBUG for the details."
    message = f"Something unexpected went wrong ({type(error).__name__}: {error}). {where}"
    return _report(message, "error", 1, arguments)
