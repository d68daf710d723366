"""The planner that needs no model: words, dates and names fill a few frames; what they do not hold is asked about."""

from __future__ import annotations

from app.assistant.local.describe import describe
from app.assistant.local.planner import LocalPlanner

__all__ = ["LocalPlanner", "describe"]
