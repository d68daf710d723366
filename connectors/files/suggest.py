"""A mapping for a folder: what fits the template stays, presets and guesses take the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import duckdb
import yaml

from connectors.files.client import OpenFile, open_file
from connectors.files.columns import guess
from connectors.files.discover import SUFFIXES, files_in, named_table, parts_of
from connectors.files.encoding import UTF8, detect
from connectors.files.excel import SUFFIXES as WORKBOOKS
from connectors.files.expressions import expressions
from connectors.files.facts import Facts, facts_of
from connectors.files.presets import fitting, needed, preset, preset_names, preset_path
from connectors.files.propose import Answers, Document, Proposal, Question, entries, mapped, written
from connectors.files.settings import FilesSource, ReadingOptions
from connectors.files.template import template
from retail.duckdb_options import OFFLINE
from retail.errors import SourceError

_MAY_BE_ANY: Final = frozenset({"loyverse_tax_included", "loyverse_tax_added"})
"""Presets that take the same columns and read them differently: never chosen unasked."""


@dataclass(slots=True)
class Suggestion:
    """How a folder would be read.

    Attributes:
        document: The mapping; None where every file fits the template as it is.
        questions: What must be said first.
        notes: File to what was assumed for it.
        ignored: Files of which nothing is known, with the reason.
        presets: File to the preset that takes it.
    """

    document: Document | None = None
    questions: list[Question] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    presets: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str | None:
        """The mapping as YAML."""
        if self.document is None:
            return None
        return yaml.dump(self.document, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True, width=120)


class _WithoutAliases(yaml.SafeDumper):
    """People read these files: the same thing is written out again instead of being referred to."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (the name and arguments are PyYAML's)
        return True


def suggest(source: FilesSource, folder: Path, answers: Answers, preset_name: str | None) -> Suggestion:
    """Look at all files of a folder, at every value where it matters, and say how they would be read.

    Args:
        source: What is set already.
        folder: The folder, or a single file.
        answers: What was said about files before.
        preset_name: Preset to take for every file that it fits.

    Raises:
        SourceError: A file cannot be read, or has the name of a table and not its columns; or nothing can be used.
        UnusableRequest: There is no such preset.
    """
    if preset_name is not None:
        preset_path(preset_name)
    suggestion = Suggestion()
    proposals: list[Proposal] = []
    with duckdb.connect(config={**OFFLINE}) as connection:
        for name, path in _parts(folder):
            proposal = _look(connection, source, name, path, answers, suggestion, preset_name)
            if proposal is not None:
                proposals.append(proposal)
    unknown = [proposal for proposal in proposals if any(q.setting == "columns" for q in proposal.questions)]
    if len(unknown) < len(proposals):
        for proposal in unknown:
            suggestion.ignored[proposal.file] = proposal.questions[-1].text
            proposals.remove(proposal)
    if not proposals:
        raise SourceError(
            f"files: nothing in {folder} is a CSV, Excel or Parquet file with data. Put files there that are named "
            "after the template's tables, such as sale_lines.csv, or exports with any columns (docs/connect/files.md)."
        )
    for proposal in proposals:
        suggestion.questions += proposal.questions
        if proposal.notes:
            suggestion.notes[proposal.file] = proposal.notes
    made = entries(proposals)
    if made:
        suggestion.document = {"name": _names(suggestion), **_time_zone(suggestion), "files": made}
    return suggestion


def _parts(folder: Path) -> Iterator[tuple[str, Path]]:
    for name, path in files_in(folder):
        if name.lower().endswith(SUFFIXES):
            for part in parts_of(name, path):
                yield part, path


def _look(
    connection: duckdb.DuckDBPyConnection,
    source: FilesSource,
    name: str,
    path: Path,
    answers: Answers,
    suggestion: Suggestion,
    preset_name: str | None,
) -> Proposal | None:
    proposal = Proposal(name)
    if not _settle_encoding(proposal, source, path, answers):
        return proposal
    opened = open_file(connection, name, path, source.read_as(ReadingOptions.model_validate(proposal.options)))
    if opened.skipped:
        proposal.options["header_line"] = opened.skipped + 1
        proposal.notes.append(f"The line of column names comes after {opened.skipped} other lines.")
    if opened.total is not None:
        proposal.notes.append(f"The last line is a totals line ({opened.total[1]}): it goes to quarantine.")
    facts = facts_of(connection, opened)
    table = named_table(name, template())
    chosen = _preset(opened, preset_name)
    if chosen is not None:
        _from_preset(proposal, chosen, opened, facts, answers)
        suggestion.presets[name] = chosen
        return proposal
    if table is None:
        mapped(proposal, guess(name, facts), answers)
        return proposal
    try:
        filled = expressions(opened, table, template().tables[table], None)
    except SourceError:
        guessed = guess(name, facts)
        if guessed.table != table or guessed.missing:
            raise
        mapped(proposal, guessed, answers)
        return proposal
    used = {column: _header(opened, expression.sql) for column, expression in filled.items()}
    own = written(proposal, _used(table, used, facts), answers, has_template=True)
    if set(proposal.options) - {"header_line"} or own:
        columns = {
            column: {"column": header, **own[header]} if header in own else header for column, header in used.items()
        }
        proposal.tables[table] = {"columns": columns}
    return proposal


def _settle_encoding(proposal: Proposal, source: FilesSource, path: Path, answers: Answers) -> bool:
    """Find out the encoding of a text file.

    Returns:
        Whether it is known.
    """
    if path.name.lower().endswith((*WORKBOOKS, ".parquet")) or not path.stat().st_size:
        return True
    answer = answers.to(proposal.file, "encoding") or source.encoding
    if answer is not None:
        if answer != source.encoding:
            proposal.options["encoding"] = answer
        return True
    detected = detect(path)
    if not detected.is_sure:
        choices = {encoding: _shown(path, encoding) for encoding in (detected.encoding, *detected.alternatives)}
        text = f"Which encoding has {proposal.file}? It is none that its text tells for sure"
        proposal.questions.append(Question(proposal.file, "encoding", f"{text}.", choices))
        return False
    if detected.encoding not in {UTF8, "utf-8-sig", "utf-16", "utf-32"}:
        proposal.options["encoding"] = detected.encoding
        proposal.notes.append(f"It is written in {detected.encoding}.")
    return True


def _shown(path: Path, encoding: str) -> str:
    with path.open("rb") as handle:
        line = next((line for line in handle if not line.isascii()), b"")
    return line.decode(encoding, "replace").strip()[:60]


def _preset(opened: OpenFile, preset_name: str | None) -> str | None:
    names = [preset_name] if preset_name is not None else [name for name in preset_names() if name not in _MAY_BE_ANY]
    return next((name for name in names if fitting(name, opened.headers) is not None), None)


def _from_preset(proposal: Proposal, chosen: str, opened: OpenFile, facts: list[Facts], answers: Answers) -> None:
    index = fitting(chosen, opened.headers)
    assert index is not None
    asked_for = needed(preset(chosen).files[index])
    used = [column for column in facts if column.header.lower() in asked_for]
    content = yaml.safe_load(preset_path(chosen).read_text(encoding="utf-8"))["files"][index]
    detected = Proposal(proposal.file)
    set_already = {name: str(content[name]) for name in ("decimal", "date_order") if name in content}
    own = written(detected, used, replace(answers, given={**answers.given, **set_already}), has_template=False)
    proposal.questions += detected.questions
    if own:
        proposal.notes.append(f"Columns of different formats: {', '.join(own)}. Set decimal or date_order by hand.")
    proposal.options = {**proposal.options, **detected.options, **set_already}
    proposal.options |= {name: content[name] for name in ("shared", "derived") if name in content}
    proposal.tables = content["tables"]


def _header(opened: OpenFile, sql: str) -> str:
    return next(header for header in opened.headers if (column := opened.column(header)) and column.sql == sql)


def _used(table: str, used: dict[str, str], facts: list[Facts]) -> list[Facts]:
    declared = template().tables[table].columns
    typed = {header for column, header in used.items() if declared[column].type not in {"text", "boolean"}}
    return [column for column in facts if column.header in typed]


def _names(suggestion: Suggestion) -> str:
    names = {preset(name).name: None for name in suggestion.presets.values()}
    return ", ".join(names) or "Proposed by looking at the files"


def _time_zone(suggestion: Suggestion) -> Document:
    zones = [zone for name in suggestion.presets.values() if (zone := preset(name).time_zone)]
    return {"time_zone": zones[0]} if zones else {}
