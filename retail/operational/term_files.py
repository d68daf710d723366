"""Terms of suppliers from a CSV file: every problem is told by its line, and nothing is set unless all rows are fine.

Columns: `supplier`, `product` and `store` say for what (an id, a code or a name; empty means all), and each other one
is a term by its name. An empty cell leaves its term alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from retail.errors import UnusableRequest
from retail.operational.term_fields import TermField
from retail.operational.terms import TermOverride, checked

SCOPE_COLUMNS: Final = ("supplier", "product", "store")
TERM_COLUMNS: Final = tuple(field for field in TermField if field is not TermField.SUPPLIER_ID)
MOST_BYTES: Final = 10_000_000
_SHOWN_PROBLEMS: Final = 5


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line of the file; the header is line 1."""

    line: int
    message: str


class TermFileError(UnusableRequest):
    """A file of terms cannot be used. `problems` has every line that is wrong."""

    def __init__(self, problems: list[LineProblem]) -> None:
        self.problems = tuple(problems)
        shown = "; ".join(f"line {problem.line}: {problem.message}" for problem in problems[:_SHOWN_PROBLEMS])
        more = len(problems) - _SHOWN_PROBLEMS
        rest = f" (and {more} more)" if more > 0 else ""
        super().__init__(f"Nothing was set, because of {shown}{rest}. Mend the file and import it again.")


class Names:
    """What things are called: ids, codes and names, each to the one id that is meant."""

    def __init__(self, kind: str, words: Iterable[tuple[str | None, str]]) -> None:
        self._kind = kind
        self._known: set[str] = set()
        self._called: dict[str, set[str]] = {}
        for word, identifier in words:
            self._known.add(identifier)
            if word:
                self._called.setdefault(word.casefold(), set()).add(identifier)

    def find(self, word: str) -> str:
        """The id of what is called that.

        Raises:
            UnusableRequest: Nothing is, or more than one thing.
        """
        word = word.strip()
        if word in self._known:
            return word
        found = sorted(self._called.get(word.casefold(), ()))
        if len(found) > 1:
            raise UnusableRequest(f"More than one {self._kind} is called {word!r}: use one of {', '.join(found)}.")
        if not found:
            raise UnusableRequest(f"There is no {self._kind} {word[:80]!r}.")
        return found[0]


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The suppliers, products and stores that a file may name."""

    suppliers: Names
    products: Names
    stores: Names


def read_terms(content: bytes, known: KnownNames) -> list[TermOverride]:
    """Read a file of terms.

    Raises:
        TermFileError: Some lines cannot be used; it names them all.
    """
    rows = _rows(content)
    header_line, header = next(rows, (1, []))
    columns = [name.strip().casefold() for name in header]
    _check_header(header_line, columns)
    overrides: dict[tuple[object, ...], tuple[int, TermOverride]] = {}
    problems: list[LineProblem] = []
    for line, cells in rows:
        try:
            found = list(_read_row(columns, cells, known))
        except UnusableRequest as error:
            problems.append(LineProblem(line, str(error).removesuffix(".")))
            continue
        for override in found:
            earlier, other = overrides.setdefault((override.field, *override.scope), (line, override))
            if other.value != override.value:
                said = f"{override.field.value} was {other.value} in line {earlier} already"
                problems.append(LineProblem(line, said))
    if problems:
        raise TermFileError(problems)
    return [override for _, override in overrides.values()]


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, with the number of the line that each begins on."""
    if len(content) > MOST_BYTES:
        raise TermFileError([LineProblem(1, f"the file is longer than {MOST_BYTES:,} bytes")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TermFileError([LineProblem(line, "the file is not UTF-8: save it as CSV UTF-8")]) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise TermFileError([LineProblem(reader.line_num, f"it cannot be read as CSV ({error})")]) from error


def _check_header(line: int, columns: list[str]) -> None:
    known = {*SCOPE_COLUMNS, *TERM_COLUMNS}
    unknown = [name for name in columns if name not in known]
    repeated = [name for name in dict.fromkeys(columns) if columns.count(name) > 1]
    names = f"the columns are {', '.join([*SCOPE_COLUMNS, *TERM_COLUMNS])}, and at least one term is needed"
    if unknown:
        raise TermFileError([LineProblem(line, f"there is no column {unknown[0]!r}: {names}")])
    if repeated or not {*TERM_COLUMNS} & {*columns}:
        raise TermFileError([LineProblem(line, f"{repeated[0]!r} is there twice" if repeated else names)])


def _read_row(columns: list[str], cells: list[str], known: KnownNames) -> Iterator[TermOverride]:
    if len(cells) != len(columns):
        raise UnusableRequest(f"it has {len(cells)} cells, and the header {len(columns)}")
    row = {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}
    supplier, product, store = (row.get(name, "") for name in SCOPE_COLUMNS)
    supplier_id = known.suppliers.find(supplier) if supplier else None
    product_id = known.products.find(product) if product else None
    store_id = known.stores.find(store) if store else None
    for field in TERM_COLUMNS:
        if row.get(field):
            yield checked(TermOverride(field, row[field], supplier_id, product_id, store_id))
