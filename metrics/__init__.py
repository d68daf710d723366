"""The one way to a number: catalogue, compile, guard, execute over the published run."""

from __future__ import annotations

from metrics.catalogue import Catalogue
from metrics.query import Filter, MetricQuery, parse_where
from metrics.result import Column, Result
from metrics.service import Metrics

__all__ = ["Catalogue", "Column", "Filter", "MetricQuery", "Metrics", "Result", "parse_where"]
