"""A reading written short, so that a table of questions can be read: `metric net_sales by store [category=Dairy] @last_week`."""

from __future__ import annotations

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
        parts.append(f"vs {when(reading.compare_with)}")
    if reading.kind is not Kind.COMPARE:
        parts += [str(derived) for derived in reading.derived]
    parts += [reading.order or "", str(reading.limit or ""), reading.direction or ""]
    return " ".join(part for part in parts if part)


def when(period: Period) -> str:
    """A period by its name, else by its days."""
    if period.name != "custom":
        return period.name
    return f"{period.first}" if period.first == period.last else f"{period.first}..{period.last}"
