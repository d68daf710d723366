"""Comparisons from the command line: parsed, never pasted."""

from __future__ import annotations

import pytest

from metrics import Filter, parse_where
from retail.errors import UnusableRequest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("category = 'Dairy'", Filter(dimension="category", operator="=", value="Dairy")),
        ("category != 'Farmer''s'", Filter(dimension="category", operator="!=", value="Farmer's")),
        ("store in ('S1', 'S2')", Filter(dimension="store", operator="in", value=("S1", "S2"))),
        ("hour >= 12", Filter(dimension="hour", operator=">=", value=12)),
        ("net_amount < -1.5", Filter(dimension="net_amount", operator="<", value=-1.5)),
        ("product like '{{ 7*7 }}%'", Filter(dimension="product", operator="like", value="{{ 7*7 }}%")),
        ("is_promoted = true", Filter(dimension="is_promoted", operator="=", value=True)),
    ],
)
def test_a_comparison_is_read(text: str, expected: Filter) -> None:
    assert parse_where(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "category", "'a' = 'a'", "category = brand", "category = 'x' or 1 = 1", "category = 'x' and brand = 'y'",
        "category = (select 1)", "category in (select 1)", "category in ()", "category = 'x'; drop table t",
        "category = 'x' group by 1", "category = 'x' limit 1", "category not in ('x')", "category = lower('x')",
        "p.category = 'x'", "category = -'x'", "category = e'\\x41'", "category is null", "not category = 'x'",
        "category = 'x" + "y" * 600 + "'", "(" * 400,
    ],
)  # fmt: skip
def test_anything_else_is_unusable(text: str) -> None:
    with pytest.raises(UnusableRequest):
        parse_where(text)
