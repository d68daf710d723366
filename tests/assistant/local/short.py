"""A reading written short, so that a table of questions reads well: `metric net_sales by store @last_week`."""

from __future__ import annotations

from app.assistant import dates
from app.assistant.reading import Kind, Period, Reading


def short(reading: Reading) -> str:
    """What a reading says, apart from assumptions and what it offers."""
    head = str(reading.kind) + (f":{reading.topic}" if reading.topic else "")
    if reading.kind is Kind.REFUSE:
        return f"refuse:{reading.refusal}"
    if reading.kind is Kind.CLARIFY:
        return "clarify"
    parts = [head, ",".join(reading.metrics), "by " + ",".join(reading.by) if reading.by else ""]
    where = sorted(f"{item.dimension}{item.operator}{'|'.join(map(str, item.values))}" for item in reading.where)
    parts += [f"[{item}]" for item in where]
    parts += [f"having {item.metric}{item.operator}{item.value:g}" for item in reading.having]
    parts += [f"@{when(reading.period)}" if reading.period else ""]
    if reading.compare_with is not None and reading.kind is Kind.COMPARE:
        parts.append(f"vs {_other(reading.period, reading.compare_with)}")
    if reading.kind is not Kind.COMPARE:
        parts += [str(derived) for derived in reading.derived]
    parts += [reading.order or "", str(reading.limit or ""), reading.direction or ""]
    return " ".join(part for part in parts if part)


def _other(period: Period | None, other: Period) -> str:
    """The other period: by its name, by what it is to the first one, or by its days."""
    if period is not None and other.name == "custom":
        for name, rule in (("before", dates.previous), ("year_before", dates.year_before)):
            if (rule(period).first, rule(period).last) == (other.first, other.last):
                return name
    return when(other)


def when(period: Period) -> str:
    """A period by its name, else by its days."""
    if period.name != "custom":
        return period.name
    return f"{period.first}" if period.first == period.last else f"{period.first}..{period.last}"
