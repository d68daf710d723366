"""Connecting files: look at all of them, show how they would be read, ask what they do not tell, then write."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.asking import asked, checked_currency, checked_zone, confirmed, is_at_terminal
from cli.context import of
from cli.joining import Joining, joining, save
from cli.output import print_json, print_line, print_note
from cli.preview_lines import note_lines, preview_lines
from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.files.preview import Preview
    from connectors.files.propose import Answers, Question
    from connectors.files.settings import FilesSource
    from connectors.files.suggest import Suggestion
    from retail.workspace import WorkspaceDescription

MAPPING: Final = "mapping.yaml"
_ANSWERS: Final = ("decimal", "date_order")


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line says about the files.

    Attributes:
        folder: Folder or file.
        mapping: Mapping file, if one is given.
        preset: Name of a preset, if one is given.
        settings: Settings of the source, those that are given.
        amounts: What an amount is whose header does not say: net or gross.
    """

    folder: Path
    mapping: Path | None
    preset: str | None
    settings: dict[str, object]
    amounts: str | None


def files(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder with CSV, Excel or Parquet files, or a single file.")],
    currency: Annotated[str | None, typer.Option(help="ISO 4217 code to report in, such as EUR.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA name, such as Europe/Paris.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="YAML file that says how your columns fill the template.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="Mapping that comes along, such as shopify or square (docs/connect/files.md).")
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="What stands before decimals: . or ,")] = None,
    date_order: Annotated[str | None, typer.Option(help="What comes first in dates: dmy, mdy or ymd.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of text files, such as windows-1252.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="Separator of text files, where it is not found.")] = None,
    amounts: Annotated[
        str | None, typer.Option(help="What an amount is whose header does not say: net, or gross (with tax).")
    ] = None,
    store_contacts: Annotated[
        bool,
        typer.Option(
            "--store-contacts/--no-store-contacts",
            help="Whether customers' names, e-mail addresses and telephone numbers are stored; else only a keyed hash.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask for no confirmation.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Connect files: columns are found by their names and values, and shown before anything is written."""
    command = of(context)
    place = joining(command)
    description = place.description or _described(currency, time_zone)
    if place.entry("files") is not None:
        raise UnusableRequest(
            f"Workspace {place.workspace.name!r} is connected already. Edit {place.workspace.sources}, or use "
            "--workspace."
        )
    given = {
        "decimal": decimal,
        "date_order": date_order,
        "encoding": encoding,
        "delimiter": delimiter,
        "store_contacts": store_contacts or None,
    }
    settings: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    request = Request(folder, mapping, preset, settings, amounts)
    with _read(request) as (source, suggestion):
        from connectors.files.preview import preview

        found = preview(source, folder.resolve(), description.default_time_zone)
        text = source.mapping.read_text(encoding="utf-8") if source.mapping else None
        for line in () if as_json else preview_lines(found):
            print_line(line)
        for line in note_lines(suggestion):
            print_note(line)
        _refuse_useless(found)
        if not yes and not confirmed(f"Connect these files to workspace {place.workspace.name}?", default=True):
            _offer(text)
            raise typer.Abort
        _write(place, source, text, description)
    if as_json:
        extra = {"mapping": text, "notes": suggestion.notes if suggestion else {}}
        print_json({"workspace": place.workspace.name, "sources": place.workspace.sources, **found.as_dict(), **extra})
        return
    name = place.workspace.name
    print_line(f"Workspace {name} is connected. Load and publish with `tillsight --workspace {name} run`.")


def _described(currency: str | None, time_zone: str | None) -> WorkspaceDescription:
    from retail.workspace import WorkspaceDescription

    currency = checked_currency(currency or asked("Currency that you report in (such as EUR)", "--currency"))
    time_zone = checked_zone(time_zone or asked("Time zone of your shops (such as Europe/Paris)", "--time-zone"))
    return WorkspaceDescription(
        kind="real", created_at=datetime.now(UTC), reporting_currency=currency, default_time_zone=time_zone
    )


@contextmanager
def _read(request: Request) -> Iterator[tuple[FilesSource, Suggestion | None]]:
    """The source as it would be written, its mapping in a file that lives as long as the context."""
    if not request.folder.exists():
        raise UnusableRequest(f"There is no folder or file {request.folder}.")
    if request.mapping is not None:
        if request.preset is not None:
            raise UnusableRequest("Say --mapping or --preset, not both.")
        if not request.mapping.is_file():
            raise UnusableRequest(f"The mapping {request.mapping} cannot be read: there is no such file.")
        yield _source(request, request.settings | {"mapping": request.mapping.resolve()}), None
        return
    # decimal marks and orders of dates belong to kinds of files: they go into the mapping
    source = _source(request, {name: value for name, value in request.settings.items() if name not in _ANSWERS})
    suggestion = _suggested(request, source)
    with TemporaryDirectory() as folder:
        if suggestion.text is None:
            yield source, suggestion
            return
        path = Path(folder) / MAPPING
        path.write_text(suggestion.text, encoding="utf-8")
        yield source.model_copy(update={"mapping": path}), suggestion


def _source(request: Request, settings: dict[str, object]) -> FilesSource:
    from pydantic import ValidationError

    from connectors.files.settings import FilesSource

    try:
        FilesSource.model_validate({"type": "files", **request.settings})
        return FilesSource.model_validate({"type": "files", "path": request.folder.resolve(), **settings})
    except ValidationError as error:
        wrong = error.errors()[0]
        option = "--" + str(wrong["loc"][0]).replace("_", "-")
        raise UnusableRequest(f"{option} cannot be used: {wrong['msg'][0].lower()}{wrong['msg'][1:]}.") from None


def _suggested(request: Request, source: FilesSource) -> Suggestion:
    from connectors.files.propose import Answers
    from connectors.files.suggest import suggest

    if request.amounts not in {None, "net", "gross"}:
        raise UnusableRequest(f"--amounts is net or gross, not {request.amounts!r}.")
    given = {name: str(request.settings[name]) for name in _ANSWERS if name in request.settings}
    if request.amounts is not None:
        given["amounts"] = request.amounts
    answers = Answers(given)
    while True:
        suggestion = suggest(source, request.folder.resolve(), answers, request.preset)
        if not suggestion.questions:
            return suggestion
        answers = _answered(suggestion.questions, answers)


def _answered(questions: list[Question], answers: Answers) -> Answers:
    """What a person says to questions that can be answered with a word.

    Raises:
        UnusableRequest: Nobody can be asked, or the answer is a mapping; says what to do.
    """
    from connectors.files.propose import Answers

    open_ones = [question for question in questions if question.setting == "columns"]
    if open_ones or not is_at_terminal():
        raise UnusableRequest(" ".join(_unanswered(question) for question in open_ones or questions))
    told = dict(answers.told)
    for question in questions:
        print_note(f"{question.file}: {question.text}")
        for choice, meaning in question.choices.items():
            print_note(f"  {choice:<14} {meaning}")
        answer = ""
        while answer not in question.choices:
            answer = asked(" or ".join(question.choices), question.option)
        told[question.file, question.setting] = answer
    return Answers(answers.given, told)


def _unanswered(question: Question) -> str:
    if question.setting == "columns":
        return f"{question.file}: {question.text} Rename the columns, or write a mapping (docs/connect/files.md)."
    choices = " or ".join(f"{choice} ({meaning})" for choice, meaning in question.choices.items())
    return f"{question.file}: {question.text} Say {question.option} {choices}."


def _refuse_useless(found: Preview) -> None:
    """Stop where not a single row of a file would be loaded: something is read wrongly."""
    for table in found.preview:
        if table.quarantined and not table.accepted:
            reasons = "; ".join(f"{reason} ({rows} rows)" for reason, rows in table.reasons.items())
            raise UnusableRequest(
                f"No row of {table.file} could be loaded into {table.table}: {reasons}. Nothing was written. Say how "
                "the file is written (--decimal, --date-order, --encoding), or write a mapping (docs/connect/files.md)."
            )


def _offer(text: str | None) -> None:
    if text is not None:
        print_note("Nothing was written. To change how the files are read, save this, edit it and say --mapping:")
        print_note(text)


def _write(place: Joining, source: FilesSource, text: str | None, description: WorkspaceDescription) -> None:
    entry = source.model_dump(mode="json", exclude_defaults=True, exclude={"mapping"}) | {"type": "files"}
    entry = {"type": "files", "path": str(source.path), **{k: v for k, v in entry.items() if k not in {"type", "path"}}}
    if text is not None:
        entry["mapping"] = MAPPING
    save(place, entry, description, files={MAPPING: text} if text is not None else None)
