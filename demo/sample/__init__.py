"""The sample chain: an invented shop chain with everything that a real one has, written as files to be loaded."""

from __future__ import annotations

from demo.sample.generate import SampleSummary, generate

__all__ = ["SampleSummary", "generate"]
