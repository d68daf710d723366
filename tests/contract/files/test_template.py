"""The template is the retail model and what the documentation says."""

from __future__ import annotations

import re
from pathlib import Path

from connectors.column_types import DUCKDB_TYPES
from connectors.files.template import template

DOCS = Path(__file__).parents[3] / "docs"


def documented_tables() -> dict[str, str]:
    """Table to the cell with its columns, from docs/retail-model.md."""
    text = (DOCS / "retail-model.md").read_text()
    section = text.split("## Tables of the template and of the model")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", section, re.MULTILINE)
    of_systems = ("reported_sales_daily", "reported_stock")  # what a server says itself; files say nothing of the kind
    return {table: cell for table, cell in rows if table != "table" and table not in of_systems}


def top_level(cell: str) -> list[str]:
    """The columns of a cell, each with its marks but without what stands in parentheses."""
    while "(" in cell:
        cell = re.sub(r"\([^()]*\)", "", cell)
    return [part.strip() for part in cell.split(",")]


def test_the_template_has_the_tables_and_columns_of_the_retail_model() -> None:
    documented = {
        table: [re.sub(r"\*\*k\*\*|\*", "", part).strip() for part in top_level(cell)]
        for table, cell in documented_tables().items()
    }
    assert {name: list(table.columns) for name, table in template().tables.items()} == documented


def test_keys_and_required_columns_are_those_of_the_retail_model() -> None:
    for name, cell in documented_tables().items():
        table = template().tables[name]
        keys = tuple(part.split()[0] for part in top_level(cell) if "**k**" in part)
        starred = {part.split("*")[0] for part in top_level(cell) if part.endswith("*") and "**k**" not in part}
        assert table.key == keys, name
        assert starred <= set(table.required), name
        assert set(table.required) <= starred | set(keys), name


def test_the_user_documentation_describes_every_column_of_the_template() -> None:
    text = (DOCS / "connect" / "files.md").read_text()
    for name, table in template().tables.items():
        section = text.split(f"### {name}\n")[1].split("\n##")[0]
        assert table.description in section
        for column, declared in table.columns.items():
            marks = "key" if column in table.key else ""
            required = "required" if declared.required else ""
            cell = ", ".join(mark for mark in (marks, required) if mark)
            assert f"| {column} | {declared.type} | {cell} | {declared.description} |" in section, f"{name}.{column}"


def test_every_type_has_a_type_in_the_warehouse() -> None:
    used = {column.type for table in template().tables.values() for column in table.columns.values()}
    assert used <= set(DUCKDB_TYPES)
