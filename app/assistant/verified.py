"""Questions that a person has checked: those shipped with Tillsight and those accepted in a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from app.assistant import dates, languages
from app.assistant.books import Books
from app.assistant.planner import Planned
from app.assistant.question import Question, read
from app.assistant.reading import Kind, Period, Reading
from app.assistant.renewal import CUSTOM
from metrics import Filter
from metrics.catalogue import TIME_NAMES
from retail.errors import ConfigurationError, UnusableRequest
from retail.workspace import Workspace, write_atomically

SHIPPED: Final = Path(__file__).with_name("verified_queries.yaml")
FILE_NAME: Final = "verified_queries.yaml"
"""Name of the file of a workspace."""

Version = tuple[int, int, int]
"""When a file was written, which it is, and how long: two writes within a tick of the clock differ in the others."""

_ANY_DAY: Final = date(2024, 2, 29)
_MARKS: Final = frozenset("?!")
_COMPARED: Final = {"previous": dates.previous, "year_before": dates.year_before}
_UNANSWERED: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})


class VerifiedQuery(BaseModel):
    """Questions that are read alike.

    Attributes:
        questions: Their texts by language.
        reading: A `Reading` whose periods are names: `last_week`, and `previous` or `year_before` for `compare_with`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: Mapping[str, tuple[str, ...]] = Field(min_length=1)
    reading: Mapping[str, Any]

    def resolved(self, as_of: date, begins: date | None = None) -> Reading:
        """The reading on a day.

        Raises:
            ValidationError: It is no reading.
            ValueError: A period has a name that stands for nothing.
        """
        content = dict(self.reading)
        period = _period(content.get("period"), as_of, begins)
        compared = content.get("compare_with")
        if isinstance(compared, str) and compared in _COMPARED and period is not None:
            content["compare_with"] = _COMPARED[compared](period)
        else:
            content["compare_with"] = _period(compared, as_of, begins)
        return Reading.model_validate({**content, "period": period})


def _period(written: Any, as_of: date, begins: date | None) -> Any:
    return dates.named(written, as_of, begins=begins) if isinstance(written, str) else written


def find(question: Question, books: Books, workspace: Workspace) -> Planned | None:
    """The reading of a question that was checked; none where it was not, or the person cannot have what it names."""
    key = normalised(question)
    for known in (_by_question(SHIPPED, 0), _accepted_by_question(workspace)):
        if (found := known.get(key)) is None:
            continue
        language, query = found
        reading = query.resolved(books.today, books.catalogue.first_date)
        if is_within_reach(reading, books):
            return Planned(reading, language, "verified")
    return None


def normalised(question: Question) -> str:
    """The words of a question by which it is found."""
    return " ".join(word.text for word in question.words if word.text not in _MARKS)


def is_shipped(question: Question) -> bool:
    """Whether a question is among those that come with Tillsight."""
    return normalised(question) in _by_question(SHIPPED, 0)


def headlines(language: str) -> tuple[str, ...]:
    """The first question of each reading that comes with Tillsight."""
    return tuple(query.questions[language][0] for query in _load(SHIPPED, 0) if language in query.questions)


def accept(workspace: Workspace, question: str, language: str, reading: Reading) -> VerifiedQuery | None:
    """Add a checked question to the workspace's file, in place of what it was read as before.

    Returns:
        What the question was read as before; none where it was not among them.

    Raises:
        UnusableRequest: The reading cannot hold on another day.
        ConfigurationError: The file cannot be read.
    """
    asked = read(question)
    kept, replaced = [], None
    for query in _load(_path(workspace), _changed(_path(workspace))):
        others = _without(query, normalised(asked))
        replaced = replaced if others == query.questions else query
        if others:
            kept.append(query.model_copy(update={"questions": others}))
    added = VerifiedQuery(questions={language: (asked.text,)}, reading=written(reading))
    content = [query.model_dump(mode="json") for query in (*kept, added)]
    write_atomically(_path(workspace), yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110))
    return replaced


def written(reading: Reading) -> dict[str, Any]:
    """A reading as it is kept: periods by their names, so that it holds on any day.

    Raises:
        UnusableRequest: It answers nothing, only makes sense after another question, or holds on certain days alone.
    """
    if reading.kind in _UNANSWERED:
        raise UnusableRequest("This question was not answered. Give it a correction that is, or reject it.")
    if reading.inherited:
        raise UnusableRequest("This question only makes sense after the one before it, so it cannot stand for itself.")
    content: dict[str, Any] = reading.model_dump(mode="json", exclude_defaults=True)
    if reading.period is not None:
        content["period"] = _named(reading.period)
    if reading.compare_with is not None:
        content["compare_with"] = _relation(reading) or _named(reading.compare_with)
    return content


def _named(period: Period) -> str:
    if period.name == CUSTOM:
        raise UnusableRequest(
            f"This question is about {period.first} to {period.last}: read on another day, its words may mean others. "
            "Only a question whose period moves on, such as last week, can be verified."
        )
    return period.name


def _relation(reading: Reading) -> str | None:
    period, other = reading.period, reading.compare_with
    if period is None or other is None or other.name != CUSTOM:
        return None
    days = (other.first, other.last)
    return next((name for name, rule in _COMPARED.items() if (rule(period).first, rule(period).last) == days), None)


def _without(query: VerifiedQuery, key: str) -> dict[str, tuple[str, ...]]:
    kept = {
        code: tuple(text for text in texts if normalised(read(text)) != key) for code, texts in query.questions.items()
    }
    return {code: texts for code, texts in kept.items() if texts}


def is_within_reach(reading: Reading, books: Books) -> bool:
    """Whether every name of the reading is one that the person may use."""
    catalogue = books.catalogue
    metrics = [catalogue.metrics.get(name) for name in (*reading.metrics, *(item.metric for item in reading.having))]
    if any(metric is None or (metric.is_sensitive and not books.tells_money) for metric in metrics):
        return False
    names = (*reading.by, *(item.dimension for item in reading.where))
    if any(name not in catalogue.dimensions and name not in TIME_NAMES for name in names):
        return False
    return all(_exists(item, books) for item in reading.where)


def _exists(item: Filter, books: Books) -> bool:
    """Whether a filter's values are names that the person may see; a number or a pattern is none."""
    if item.operator not in {"=", "!=", "in"} or item.dimension in TIME_NAMES:
        return True
    values = books.metrics.values(books.principal)
    return all(values.holds(item.dimension, value) for value in item.values if isinstance(value, str))


def _path(workspace: Workspace) -> Path:
    return workspace.root / FILE_NAME


def _accepted_by_question(workspace: Workspace) -> Mapping[str, tuple[str, VerifiedQuery]]:
    path = _path(workspace)
    return _by_question(path, _changed(path))


def _changed(path: Path) -> Version:
    if not path.exists():
        return 0, 0, 0
    found = path.stat()
    return found.st_mtime_ns, found.st_ino, found.st_size


@lru_cache(maxsize=16)
def _by_question(path: Path, changed: Version) -> Mapping[str, tuple[str, VerifiedQuery]]:
    """Language and query of every question in a file, read again when it has changed."""
    return {
        normalised(read(text)): (language, query)
        for query in _load(path, changed)
        for language, texts in query.questions.items()
        for text in texts
        if language in languages.codes()
    }


@lru_cache(maxsize=16)
def _load(path: Path, changed: Version) -> tuple[VerifiedQuery, ...]:  # noqa: ARG001  the moment is part of the key
    if not path.exists():
        return ()
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        queries = tuple(VerifiedQuery.model_validate(item) for item in found)
        for query in queries:
            query.resolved(_ANY_DAY)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}. Mend it, or take it away.") from error
    return queries
