"""Periods: found in a question's words, resolved from canonical names, and what each is compared with.

Words are data (`languages/<code>/dates.yaml`); what they mean is here. Everything is pure.
"""

from __future__ import annotations

from app.assistant.dates.calendar import beside, is_reckoned_from, named, other_side, previous, year_before
from app.assistant.dates.grammar import find
from app.assistant.dates.span import PeriodSpan, Problem, Relative

__all__ = [
    "PeriodSpan",
    "Problem",
    "Relative",
    "beside",
    "find",
    "is_reckoned_from",
    "named",
    "other_side",
    "previous",
    "year_before",
]
