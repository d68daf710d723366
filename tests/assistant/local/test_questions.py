"""Questions of the tables are read as the tables say, in the language they are asked in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.assistant.books import Books
from app.assistant.local import LocalPlanner
from app.assistant.question import read
from tests.assistant.local.short import short

FOLDER = Path(__file__).parent
TABLES = ("questions", "metrics", "unanswered")


def _groups() -> list[Any]:
    return [
        pytest.param(group["reads"], group, id=f"{table}-{group['reads']}")
        for table in TABLES
        for group in yaml.safe_load((FOLDER / f"{table}.yaml").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("expected", "group"), _groups())
def test_a_question_is_read_as_its_table_says(expected: str, group: dict[str, Any], books: Books) -> None:
    planner = LocalPlanner()
    asked = [(language, text) for language in ("en", "de") for text in group.get(language, ())]
    found = {text: planner.plan(read(text), books, None, None) for _, text in asked}
    wrong = {text: short(planned.reading) for text, planned in found.items() if short(planned.reading) != expected}
    assert not wrong
    assert {text: planned.language for text, planned in found.items()} == {text: language for language, text in asked}
