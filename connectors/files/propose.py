"""A mapping for files that do not have the template's columns, worked out from their headers and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from connectors.files.columns import Guess
from connectors.files.facts import Facts
from connectors.files.settings import DateOrder, DecimalMark
from connectors.files.template import template

Setting = Literal["decimal", "date_order", "encoding", "amounts", "columns"]
Document = dict[str, object]

_AS_IT_IS: Final = frozenset({"text", "boolean"})
ONLY_STORE: Final = "main"
_DECIMALS: Final = {".": "a point: 1,234.56", ",": "a comma: 1.234,56"}
_ORDERS: Final = {"dmy": "the day: 31/12/2024", "mdy": "the month: 12/31/2024", "ymd": "the year: 2024/12/31"}


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the file does not tell.

    Attributes:
        file: Name of the file.
        setting: What is not known.
        text: The question.
        choices: Answer to what it means.
    """

    file: str
    setting: Setting
    text: str
    choices: Mapping[str, str]

    @property
    def option(self) -> str:
        """Option of the command that answers it."""
        return f"--{self.setting.replace('_', '-')}"


@dataclass(slots=True)
class Proposal:
    """How a file would be read.

    Attributes:
        file: Its name.
        options: How its values are written, for the mapping.
        tables: Tables that it fills, for the mapping; empty where the template's own columns do.
        notes: What was assumed, in words.
        questions: What must be said first.
    """

    file: str
    options: Document = field(default_factory=dict)
    tables: dict[str, Document] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said already: by an option for all files, or at the terminal for one.

    Attributes:
        given: Setting to the answer for all files.
        told: File and setting to the answer for that file.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def to(self, file: str, setting: Setting) -> str | None:
        """The answer, if there is one."""
        return self.told.get((file, setting), self.given.get(setting))


def written(
    proposal: Proposal, columns: Iterable[Facts], answers: Answers, *, has_template: bool
) -> dict[str, Document]:
    """Settle how the values of these columns are written, and ask where two readings fit.

    What one column leaves open, the others of the file tell: a file is written by one program.

    Args:
        proposal: Gets options and questions.
        columns: The columns that are used.
        answers: What was said already.
        has_template: Whether the file has the template's columns, whose numbers have a point unless they cannot.

    Returns:
        Header to what is to be set for this column alone.
    """
    used = list(columns)
    own: dict[str, Document] = {}
    decimal = _decimal(proposal, used, answers, own, has_template=has_template)
    if decimal is not None:
        proposal.options["decimal"] = decimal
    order = _order(proposal, used, answers, own)
    if order is not None:
        proposal.options["date_order"] = order
    return own


def _decimal(
    proposal: Proposal, used: Sequence[Facts], answers: Answers, own: dict[str, Document], *, has_template: bool
) -> str | None:
    answer = answers.to(proposal.file, "decimal")
    numbers = [column for column in used if column.kind == "number"]
    open_ones = [column for column in numbers if len(column.decimals) == 2]
    marks: dict[DecimalMark, list[Facts]] = {}
    for column in numbers:
        if len(column.decimals) == 1:
            marks.setdefault(column.decimals[0], []).append(column)
    if answer is not None:
        return answer
    if len(marks) == 2:
        for column in marks[","]:
            own.setdefault(column.header, {})["decimal"] = ","
    if open_ones and (len(marks) == 2 or (not marks and not has_template)):
        shown = " and ".join(f"{column.header} ({', '.join(column.examples)})" for column in open_ones)
        proposal.questions.append(
            Question(proposal.file, "decimal", f"What stands before the decimals in {shown}?", _DECIMALS)
        )
        return None
    if set(marks) == {","}:
        return ","
    return "." if any(column.needs_decimal for column in numbers) else None


def _order(proposal: Proposal, used: Sequence[Facts], answers: Answers, own: dict[str, Document]) -> str | None:
    answer = answers.to(proposal.file, "date_order")
    moments = [column for column in used if column.kind == "moment" and column.needs_order]
    if not moments or answer is not None:
        return answer if moments else None
    sure: dict[DateOrder, list[Facts]] = {}
    for column in moments:
        if len(column.orders) == 1:
            sure.setdefault(column.orders[0], []).append(column)
    open_ones = [column for column in moments if len(column.orders) != 1]
    if open_ones and len(sure) != 1:
        shown = " and ".join(f"{column.header} ({', '.join(column.examples)})" for column in open_ones)
        choices = {order: _ORDERS[order] for order in ("dmy", "mdy")}
        proposal.questions.append(Question(proposal.file, "date_order", f"What comes first in {shown}?", choices))
        return None
    commonest = max(sure, key=lambda order: len(sure[order]))
    for order, columns in sure.items():
        for column in columns if order != commonest else ():
            own.setdefault(column.header, {})["date_order"] = order
    return commonest


def mapped(proposal: Proposal, guessed: Guess, answers: Answers) -> None:
    """Write down how a file fills its table, and what it tells about products and customers beside its sales."""
    if guessed.missing:
        _ask_for_columns(proposal, guessed)
        return
    declared = template().tables[guessed.table].columns
    # codes look like numbers too: only what becomes a number or a date tells how these are written
    used = {column.header: column for name, column in guessed.columns.items() if declared[name].type not in _AS_IT_IS}
    if "amount" in guessed.concepts:
        used[guessed.concepts["amount"].header] = guessed.concepts["amount"]
    own = written(proposal, used.values(), answers, has_template=False)

    def value(column: Facts) -> object:
        return {"column": column.header} | own[column.header] if column.header in own else column.header

    columns: Document = {name: value(column) for name, column in guessed.columns.items()}
    if "store_id" in template().tables[guessed.table].required and "store_id" not in columns:
        columns["store_id"] = {"constant": ONLY_STORE}
        proposal.notes.append(f"No column names the store, so everything belongs to one store, {ONLY_STORE!r}.")
    if guessed.table == "sale_lines":
        _with_moment(columns, guessed)
        _with_amount(proposal, columns, guessed, answers, value)
    for name in guessed.by_content:
        proposal.notes.append(
            f"{guessed.concepts[name].header} is taken for the {name} by its values; its header does not say so."
        )
    if guessed.concepts.get("product_name") is guessed.columns.get("product_id") and "product_id" in columns:
        proposal.notes.append("No column has product codes, so products are told apart by their names.")
    order = [name for name in template().tables[guessed.table].columns if name in columns]
    proposal.tables[guessed.table] = {"columns": {name: columns[name] for name in order}}
    if guessed.table in {"sale_lines", "stock_levels"}:
        _add_products(proposal, guessed, columns)
    if guessed.table == "sale_lines" and "customer_id" in columns:
        proposal.tables["customers"] = {"one_row_per_key": True, "columns": {"customer_id": columns["customer_id"]}}


def _ask_for_columns(proposal: Proposal, guessed: Guess) -> None:
    text = f"Which columns hold {', '.join(guessed.missing)} (it looks like {guessed.table})?"
    proposal.questions.append(Question(proposal.file, "columns", text, {}))


def _with_moment(columns: Document, guessed: Guess) -> None:
    day, time = guessed.columns["sold_at"], guessed.concepts.get("time")
    if time is not None and not any(":" in example for example in day.examples):
        columns["sold_at"] = {"join": [day.header, time.header]}


def _with_amount(proposal: Proposal, columns: Document, guessed: Guess, answers: Answers, value: object) -> None:
    if "net_amount" in columns or "gross_amount" in columns:
        return
    kind = answers.to(proposal.file, "amounts")
    target = f"{kind or 'net'}_amount"
    amount = guessed.concepts.get("amount")
    if amount is not None:
        columns[target] = value(amount)  # type: ignore[operator]
        what = amount.header
    else:
        price = guessed.columns["unit_price"].header
        quantity = guessed.columns["quantity"].header
        columns[target] = {"multiply": [quantity, price]}
        if "discount" in guessed.concepts:
            columns[target] = {"subtract": [{"multiply": [quantity, price]}, guessed.concepts["discount"].header]}
        what = f"{quantity} × {price}"
    if kind is None:
        proposal.notes.append(
            f"Nothing says whether {what} includes tax; it is taken as without. If it does, say --amounts gross."
        )


def _add_products(proposal: Proposal, guessed: Guess, columns: Document) -> None:
    fields = {
        "product_id": guessed.columns.get("product_id"),
        "sku": guessed.concepts.get("sku"),
        "barcode": guessed.concepts.get("barcode"),
        "name": guessed.concepts.get("product_name"),
        "category_path": guessed.concepts.get("category"),
        "brand": guessed.concepts.get("brand"),
    }
    found: Document = {name: column.header for name, column in fields.items() if column is not None}
    if len(found) > 1:
        proposal.tables["products"] = {
            "one_row_per_key": True,
            "columns": found | {"product_id": columns["product_id"]},
        }


def pattern_for(name: str) -> str:
    """A pattern that fits a file and the next exports of its kind: dates and numbers in the name become *."""
    stem, dot, suffix = name.partition(".")
    general = re.sub(r"\d[\d\s._-]*\d|\d", "*", stem)
    return re.sub(r"[\[\]]", "?", general) + dot + suffix


def entries(proposals: Sequence[Proposal]) -> list[Document]:
    """The mapping's entries; files that are read alike share one, if a pattern fits them alone."""
    made: list[tuple[Document, str]] = []
    for proposal in proposals:
        if not proposal.tables:
            continue
        content: Document = {**proposal.options, "tables": proposal.tables}
        pattern = pattern_for(proposal.file)
        if any(known == content and pattern == taken for known, taken in made):
            continue
        is_taken = any(pattern == taken for _, taken in made)
        made.append((content, re.sub(r"[\[\]]", "?", proposal.file) if is_taken else pattern))
    # a pattern of one file must not hide another behind it: exact names first
    made.sort(key=lambda entry: "*" in entry[1])
    return [{"pattern": pattern, **content} for content, pattern in made]
