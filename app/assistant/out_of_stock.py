"""What is out of stock at this moment: nothing available, on hand less what is reserved."""

from __future__ import annotations

from collections import Counter
from typing import Final

from app.assistant import planning
from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.assistant.wording import scope
from metrics.result import Row
from retail.errors import UnusableRequest

_TOLD: Final = 3
_RATE: Final = "mean_daily_units"


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Products in stores with nothing available, the fastest sellers first where a source tells the rate of sale.

    Raises:
        UnusableRequest: It asks for days without today.
    """
    if reading.period is not None and not reading.period.first <= books.today <= reading.period.last:
        raise UnusableRequest(speech.say("stockout.not_now", period=speech.period(reading.period)))
    groups = planning.groups_of(reading, without="store")
    names = tuple(name for name in ("available", _RATE, "on_order") if books.knows(name))
    found = books.query(*names, by=("product", "store", *groups), where=reading.where, order_by=("available",))
    gone = [row for row in found.rows if row["available"] is not None and planning.number_of(row, "available") <= 0]
    gone.sort(key=lambda row: -_rate(row))
    page = planning.page("inventory", reading, planning.stores_of(books))
    if not gone:
        key = "stockout.none_out" if found.rows else "stockout.unknown_stock"
        return Findings(speech.say(key, scope=scope(reading.where, speech)), page=page)
    text, facts = _text(gone, groups, reading, speech)
    return Findings(
        text,
        columns=planning.columns(("product", "store", *groups, *names), speech),
        rows=planning.grouped(gone, reading)[: reading.limit],
        chart=Chart.NONE,
        metrics=names,
        facts=facts,
        warnings=planning.truncated(found, speech),
        assumptions=(speech.say("stockout.assume_now" if _RATE in names else "stockout.assume_now_no_rate"),),
        suggestions=(speech.say("stockout.ask_risk"), speech.say("stockout.ask_reorder")),
        page=page,
    )


def _rate(row: Row) -> float:
    return planning.number_of(row, _RATE) if _RATE in row else 0.0


def _text(gone: list[Row], groups: tuple[str, ...], reading: Reading, speech: Speech) -> tuple[str, tuple[float, ...]]:
    selling = [row for row in gone if _rate(row) > 0]
    counts = (len(gone), len({row["product"] for row in gone}), len(selling))
    said = dict(zip(("count", "products", "selling"), (speech.number(count) for count in counts), strict=True))
    is_known = any(row.get(_RATE) is not None for row in gone)
    key = "stockout.out" if is_known else "stockout.out_no_rate"
    sentences = [speech.say(key, **said, scope=scope(reading.where, speech))]
    if selling:
        items = "; ".join(
            speech.say(
                "stockout.item_rate", product=row["product"], store=row["store"], rate=speech.number(_rate(row), 1)
            )
            for row in selling[:_TOLD]
        )
        sentences.append(speech.say("stockout.fastest", items=items))
    facts = [float(count) for count in counts]
    if groups:
        most = Counter(speech.cell(groups[0], row[groups[0]]) for row in gone).most_common(_TOLD)
        facts += [float(count) for _, count in most]
        entries = [speech.say("metric.entry", name=name, value=speech.number(count)) for name, count in most]
        splits = speech.dimension(groups[0])
        sentences.append(speech.say("stockout.most_out", splits=splits, items=speech.list(entries)))
    return " ".join(sentences), tuple(facts)
