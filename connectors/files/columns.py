"""Which columns of a file fill which columns of the template, by their headers and by what their values look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from connectors.files.facts import Facts
from connectors.files.template import template

_NUMBERS: Final = frozenset(
    {"quantity", "unit_price", "net_amount", "gross_amount", "amount", "tax_amount", "tax_rate", "discount", "cost"}
    | {"list_price", "on_hand", "reserved", "moq", "pack_size", "lead_time"}
)
_MOMENTS: Final = frozenset({"moment", "date", "joined", "counted", "expected", "received", "valid_from", "valid_to"})
_NAMED: Final = 5
"""What a file's name counts for against columns found, when a table is chosen."""
AMOUNTS: Final = ("net_amount", "gross_amount", "amount", "unit_price")


class TableWords(BaseModel):
    """How a table is recognised.

    Attributes:
        tells: Concepts of which one must be there; empty where any file may be it.
        names: Words in the names of such files.
        columns: Column of the template to concepts that fill it, the best first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tells: tuple[str, ...]
    names: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]


class Synonyms(BaseModel):
    """The declaration in synonyms.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concepts: dict[str, tuple[str, ...]]
    tables: dict[str, TableWords]


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file seems to be.

    Attributes:
        table: Table of the template.
        concepts: Concept to the column of the file.
        columns: Column of the template to the column of the file that fills it.
        by_content: Concepts of which only the values speak, not the header.
        missing: Columns of the template that are needed and not found.
    """

    table: str
    concepts: Mapping[str, Facts]
    columns: Mapping[str, Facts]
    by_content: tuple[str, ...]
    missing: tuple[str, ...]


@cache
def synonyms() -> Synonyms:
    """The declaration in synonyms.yml."""
    path = Path(__file__).with_name("synonyms.yml")
    return Synonyms.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def words(text: str) -> str:
    """A header or file name as the synonyms are written: small letters, no accents, words one blank apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    plain = unicodedata.normalize("NFKD", apart.replace("ß", "s")).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def guess(name: str, facts: Sequence[Facts]) -> Guess:
    """What a file seems to be; of several tables the one that takes most columns, what its name says counting most."""
    concepts, by_content = _concepts(facts)
    guesses = [_as_table(table, concepts, by_content) for table in synonyms().tables]
    tables = synonyms().tables
    named = set(words(name.rsplit("/", 1)[-1]).split())

    def fit(found: Guess) -> tuple[bool, int]:
        of = tables[found.table]
        is_told = not of.tells or any(concept in concepts for concept in of.tells)
        return not found.missing and is_told, len(found.columns) - 2 * len(found.missing) + _NAMED * bool(
            named & set(of.names)
        ) + 2 * bool(of.tells and is_told)

    return max(guesses, key=fit)


def _concepts(facts: Sequence[Facts]) -> tuple[dict[str, Facts], tuple[str, ...]]:
    found: dict[str, Facts] = {}
    for column in facts:
        for concept in _meant(column.header):
            if concept not in found and _looks_like(concept, column):
                found[concept] = column
                break
    by_content = []
    left = [column for column in facts if column not in found.values()]
    if not found.keys() & _MOMENTS:
        moments = [column for column in left if column.kind == "moment"]
        if len(moments) == 1:
            found["moment"] = moments[0]
            by_content.append("moment")
    if "barcode" not in found and (codes := [column for column in left if column.is_barcode]):
        found["barcode"] = codes[0]
        by_content.append("barcode")
    by_content += _money_and_quantity(found, [column for column in left if column not in found.values()])
    return found, tuple(by_content)


def _money_and_quantity(found: dict[str, Facts], left: Sequence[Facts]) -> list[str]:
    """A lone column of whole numbers is a quantity, a lone one of broken ones an amount, where no header is either."""
    numbers = [column for column in left if column.kind == "number" and not column.is_barcode]
    guessed = []
    whole = [column for column in numbers if column.is_whole]
    broken = [column for column in numbers if not column.is_whole]
    if "moment" in found or "date" in found:
        if "quantity" not in found and len(whole) == 1:
            found["quantity"] = whole[0]
            guessed.append("quantity")
        if not found.keys() & set(AMOUNTS) and len(broken) == 1:
            found["amount"] = broken[0]
            guessed.append("amount")
    return guessed


def _meant(header: str) -> list[str]:
    spoken = words(header)
    without_unit = re.sub(r" (eur|euro|usd|gbp|chf|in eur|in usd|pln|kg|stk|st)$", "", spoken)
    return [concept for concept, names in synonyms().concepts.items() if spoken in names or without_unit in names]


def _looks_like(concept: str, column: Facts) -> bool:
    if concept in _NUMBERS:
        return column.kind in {"number", "empty"}
    if concept in _MOMENTS:
        return column.kind == "moment"
    return True


def _as_table(table: str, concepts: Mapping[str, Facts], by_content: tuple[str, ...]) -> Guess:
    declared = template().tables[table]
    columns = {
        column: concepts[concept]
        for column, alternatives in synonyms().tables[table].columns.items()
        if (concept := next((name for name in alternatives if name in concepts), None)) is not None
    }
    missing = [name for name in declared.required if name not in columns and name != "store_id"]
    if table == "stores" and "store_id" not in columns:
        missing.append("store_id")
    if declared.one_of and not any(name in concepts for name in AMOUNTS):
        missing.append(" or ".join(declared.one_of))
    if table != "sale_lines" and not set(columns) - set(declared.key):
        missing.append("more than ids")
    used = tuple(name for name in by_content if concepts[name] in columns.values() or name in AMOUNTS)
    return Guess(table, concepts, columns, used, tuple(missing))
