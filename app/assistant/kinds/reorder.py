"""What to order: the reorder drafts of the published run that wait for a person's decision.

Drafts that were approved, rejected or put off are left out; a changed one counts with its changed quantity. Those to be
ordered first come first, and of one day those where ordering saves most; who may not see costs gets those most likely
to run out. With a period ahead, drafts whose day to order lies within it (overdue ones counted where it begins today).
Nothing here orders anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.assistant import planning
from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.assistant.waiting_drafts import SHOWN, Draft, load
from app.assistant.wording import scope, when
from app.formats import as_float
from forecasting.replenishment.tables import STOCK_RISK
from metrics.result import Row
from retail.errors import UnusableRequest
from retail.vocabulary import DraftState

_TOLD: Final = 3
_SPLITS: Final = ("product", "sku", "store", "supplier", "category")
_MONEY: Final = frozenset({"order_amount", "reason"})
_BY_SUPPLIER: Final = ("supplier", "drafts", "order_quantity", "order_amount", "order_date")


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """The drafts that wait, the most urgent first.

    Raises:
        UnusableRequest: It asks for a split, filter or period that drafts have not.
    """
    planning.require_plain(reading, _SPLITS, speech)
    if not books.has_stock:
        return planning.no_stock("reorder.no_stock", speech)
    if not books.holds(STOCK_RISK):
        return Findings(speech.say("reorder.no_forecasts"))
    if reading.period is not None and (reading.period.ends or reading.period.last) < books.today:
        raise UnusableRequest(speech.say("reorder.past", period=speech.period(reading.period)))
    stores = planning.stores_of(books)
    drafts, notes = load(reading, books, stores, speech)
    wanted = [draft for draft in drafts if _is_due(draft, reading, books.today)]
    waiting = sorted((d for d in wanted if d.state in planning.WAITING), key=lambda draft: draft.urgency)
    if not waiting:
        return _nothing(wanted, reading, books, stores, speech)
    shown = waiting[: reading.limit]
    rows = _totals(waiting) if reading.by == ("supplier",) else [draft.row for draft in _grouped(shown, reading)]
    names = _BY_SUPPLIER if reading.by == ("supplier",) else SHOWN[:-1]
    hidden = set() if books.tells_money else _MONEY
    text, facts = _text(waiting, reading, speech)
    one = {"draft": str(waiting[0].row["draft_id"])} if len(waiting) == 1 else {}
    return Findings(
        text,
        columns=planning.columns((name for name in names if name not in hidden), speech),
        rows=[{name: value for name, value in row.items() if name not in hidden} for row in rows],
        chart=Chart.NONE,
        facts=facts,
        warnings=(*notes, *planning.staleness(books, speech)),
        assumptions=_assumptions(waiting, shown, reading, books, speech),
        suggestions=tuple(
            speech.say(f"reorder.ask_{name}") for name in ("risk", *(() if reading.by else ("suppliers",)))
        ),
        page=planning.page("reorder", reading, stores, **one),
    )


def _is_due(draft: Draft, reading: Reading, today: date) -> bool:
    """Whether the day to order lies within the period asked for; overdue ones belong to a period that has begun."""
    day = draft.row["order_date"]
    if reading.period is None or not isinstance(day, date):
        return True
    return day <= (reading.period.ends or reading.period.last) and (reading.period.first <= max(day, today))


def _grouped(drafts: Sequence[Draft], reading: Reading) -> list[Draft]:
    groups = [name for name in reading.by if name in {"store", "supplier", "category"}]
    return sorted(drafts, key=lambda draft: [str(draft.row[name]) for name in groups])


def _totals(drafts: Sequence[Draft]) -> list[Row]:
    """Drafts, units, known amounts and the first day to order by supplier, the largest amount first."""
    groups: dict[str, list[Draft]] = {}
    for draft in drafts:
        groups.setdefault(str(draft.row["supplier"]), []).append(draft)
    rows: list[Row] = [
        {
            "supplier": name,
            "drafts": len(group),
            "order_quantity": sum(planning.number_of(draft.row, "order_quantity") for draft in group),
            "order_amount": _sum(group),
            "order_date": min(day for draft in group if isinstance(day := draft.row["order_date"], date)),
        }
        for name, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-planning.number_of(row, "order_amount"), -planning.number_of(row, "drafts")))


def _sum(drafts: Sequence[Draft]) -> float | None:
    known = [draft.amount for draft in drafts if draft.amount is not None]
    return sum(known) if known else None


def _text(waiting: Sequence[Draft], reading: Reading, speech: Speech) -> tuple[str, tuple[float, ...]]:
    totals = _totals(waiting)
    units = sum(planning.number_of(draft.row, "order_quantity") for draft in waiting)
    amount = _sum(waiting)
    where = scope(reading.where, speech) + (f" {when(reading.period, speech)}" if reading.period else "")
    facts = [float(len(waiting)), units, amount or 0.0]
    sentences = []
    if len(waiting) > 1:
        money = speech.say("reorder.money", amount=speech.value(amount, "currency")) if amount is not None else ""
        said = {"count": speech.number(len(waiting)), "units": speech.number(units), "scope": where, "money": money}
        sentences.append(speech.say("reorder.waiting", **said))
    is_one = len(waiting) == 1
    items = "; ".join(_item(draft, speech, is_one=is_one) for draft in waiting[:_TOLD])
    sentences.append(speech.say("reorder.urgent" if len(waiting) > 1 else "reorder.one", items=items, scope=where))
    if len(totals) > 1:
        key = "reorder.suppliers_money" if amount is not None else "reorder.suppliers"
        sentences.append(speech.say(key, items="; ".join(_total(row, speech) for row in totals[:_TOLD])))
        facts += [planning.number_of(row, name) for row in totals[:_TOLD] for name in ("drafts", "order_amount")]
    if len(waiting) == 1:
        sentences += _reasons(waiting[0], speech)
        facts += [planning.NEARLY_ONE, 1 - planning.NEARLY_ONE]
        facts += [number for value in waiting[0].why.values() if (number := as_float(value)) is not None]
    return " ".join(sentences), tuple(facts)


def _item(draft: Draft, speech: Speech, *, is_one: bool) -> str:
    """A draft in words: all of it where it is the only one, else what to order for where and until when."""
    days = {
        name: speech.day(value)
        for name in ("order_date", "delivery_date")
        if isinstance(value := draft.row[name], date)
    }
    names = {name: draft.row[name] for name in ("product", "store", "supplier")}
    units = speech.number(draft.row["order_quantity"])
    key = "item_transfer" if draft.sender else "item"
    return speech.say(f"reorder.{key if is_one else f'{key}_short'}", units=units, **names, **days)


def _total(row: Row, speech: Speech) -> str:
    drafts = speech.number(row["drafts"])
    amount = speech.value(row["order_amount"], "currency")
    key = "reorder.total" if row["order_amount"] is None else "reorder.total_money"
    return speech.say(key, supplier=row["supplier"], drafts=drafts, amount=amount)


def _reasons(draft: Draft, speech: Speech) -> list[str]:
    """Why this quantity, and what happens without it; the draft's page has all reasons."""
    main = [str(draft.row["reason"])] if draft.row["reason"] else []
    if draft.row["stockout_risk"] is None:
        return main
    return [*main, speech.say("reorder.risk", risk=planning.chance(draft.row["stockout_risk"], speech))]


def _nothing(
    decided: Sequence[Draft], reading: Reading, books: Books, stores: planning.Stores, speech: Speech
) -> Findings:
    where = scope(reading.where, speech) + (f" {when(reading.period, speech)}" if reading.period else "")
    narrowed = planning.narrow(reading, books, speech)
    is_known = bool(books.rows(STOCK_RISK, ("product_id",), narrowed, limit=1).rows)
    text = speech.say("reorder.nothing" if is_known else "reorder.unknown", scope=where)
    counts = {
        state: sum(draft.state is state for draft in decided)
        for state in (DraftState.APPROVED, DraftState.REJECTED, DraftState.SNOOZED)
    }
    if decided:
        text += " " + speech.say("reorder.decided", **{str(s): speech.number(count) for s, count in counts.items()})
    return Findings(
        text,
        facts=tuple(map(float, counts.values())),
        warnings=planning.staleness(books, speech),
        suggestions=(speech.say("reorder.ask_risk"),),
        page=planning.page("reorder", reading, stores),
    )


def _assumptions(
    waiting: Sequence[Draft], shown: Sequence[Draft], reading: Reading, books: Books, speech: Speech
) -> tuple[str, ...]:
    order = "reorder.assume_order" if books.tells_money else "reorder.assume_order_by_risk"
    said = [speech.say("reorder.assume_drafts"), speech.say(order)]
    if len(shown) < len(waiting) and reading.by != ("supplier",):
        said.append(
            speech.say("reorder.assume_cut", shown=speech.number(len(shown)), count=speech.number(len(waiting)))
        )
    if not books.tells_money:
        said.append(speech.say("reorder.assume_no_costs"))
    unknown = sum(draft.amount is None and draft.sender is None for draft in waiting)
    if unknown and books.tells_money:
        said.append(speech.say("reorder.unknown_cost", count=speech.number(unknown)))
    levels = {as_float(draft.why.get("service_level")) for draft in waiting} - {None}
    if len(levels) == 1:
        said.append(speech.say("reorder.assume_level", level=planning.chance(levels.pop(), speech)))
    weak = sum(draft.row["evidence"] != "ok" for draft in shown)
    if weak:
        said.append(speech.say("reorder.assume_evidence", count=speech.number(weak)))
    return tuple(said)
