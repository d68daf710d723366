"""Whether the metrics of a reading can be split and held as it says, and what comes nearest where they cannot."""

from __future__ import annotations

from collections.abc import Iterator

from app.assistant.reading import Derived, Kind, Reading
from metrics import Catalogue
from metrics.catalogue import TIME_NAMES

_COMPUTED = frozenset({Kind.METRIC, Kind.COMPARE, Kind.DRIVERS})


def misfit(reading: Reading, catalogue: Catalogue) -> tuple[str, ...]:
    """Names that do not apply to a metric of the reading: dimensions, periods (`period`), `share`.

    `before` alone where everything applies and the period lies before the data. Empty if all is well.
    """
    if reading.kind not in _COMPUTED:
        return ()
    found: list[str] = []
    names = (*reading.by, *(item.dimension for item in reading.where))
    for metric in (catalogue.metrics[name] for name in reading.metrics):
        found += [name for name in names if name not in metric.splits]
        if metric.kind == "now" and (reading.period is not None or reading.compare_with is not None):
            found.append("period")
        if Derived.SHARE in reading.derived and not metric.additivity.startswith(("additive", "semi-additive")):
            found.append("share")
    if not found and _is_before_the_data(reading, catalogue):
        return ("before",)
    return tuple(dict.fromkeys(found))


def _is_before_the_data(reading: Reading, catalogue: Catalogue) -> bool:
    first = catalogue.first_date
    return reading.period is not None and first is not None and reading.period.last < first


def nearest(reading: Reading, wrong: tuple[str, ...], catalogue: Catalogue) -> Iterator[Reading]:
    """Readings without what does not apply, and with a metric that it does apply to."""
    dropped = reading.model_copy(
        update={
            "by": tuple(name for name in reading.by if name not in wrong),
            "where": tuple(item for item in reading.where if item.dimension not in wrong),
            "period": None if "period" in wrong else reading.period,
            "derived": () if "share" in wrong else reading.derived,
        }
    )
    if reading.kind is Kind.METRIC and not misfit(dropped, catalogue):
        ranks = bool(dropped.by) and reading.order is not None
        yield dropped if ranks else dropped.model_copy(update={"order": None, "limit": None})
    if "tender" in wrong:
        paid = reading.model_copy(update={"metrics": ("payments_amount",), "having": ()})
        if not misfit(paid, catalogue):
            yield paid


def splits_of(reading: Reading, catalogue: Catalogue) -> tuple[str, ...]:
    """What every metric of the reading can be split by."""
    metrics = [catalogue.metrics[name] for name in reading.metrics]
    hidden = {"product_id", "store_id", "store_code", "source", "currency", "country", "sku"} | TIME_NAMES
    common = [name for name in metrics[0].splits if all(name in metric.splits for metric in metrics)]
    return tuple(name for name in common if name not in hidden)
