"""A question that only makes sense after another: "and last month?", "only Store 3", "by week", "why?", "top 3"."""

from __future__ import annotations

from typing import Any, Final

from app.assistant import dates
from app.assistant.local.frames.compare import both
from app.assistant.local.frames.metric import grain_of, share_of
from app.assistant.local.frames.planning import ahead
from app.assistant.local.hold import Attempt, Context, Hold
from app.assistant.local.naming import PRODUCT_LIKE
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Derived, Kind, Period, Reading, Topic
from metrics import Filter
from metrics.catalogue import TIME_NAMES

_PLACES: Final = frozenset({"store", "store_id", "store_code", "country"})
_MARKS: Final = ("again", "instead", "add", "it", "drop_split")
_POLITE: Final = ("show", "list", "what", "which", "how_much", "how_many", "sell", "take")
_NUMBERS: Final = frozenset({Kind.METRIC, Kind.COMPARE, Kind.DRIVERS})
_CHANGED: Final = ("compare", "versus", "difference", "how_did")


def is_marked(sheet: Sheet) -> bool:
    """Whether a question says itself that it goes on from another."""
    begins_with_and = bool(sheet.pieces) and sheet.pieces[0].has("and")
    return begins_with_and or any(sheet.cue(name) for name in ("again", "instead", "it", "drop_split"))


def edit(sheet: Sheet, context: Context) -> Attempt | None:
    """The reading before, with what this question says in place of what it said."""
    before = context.previous
    if before is None or before.kind in {Kind.CLARIFY, Kind.REFUSE}:
        return None
    hold = Hold(sheet, context)
    hold.cue(*_MARKS, *_POLITE)
    if sheet.pieces and sheet.pieces[0].has("and"):
        hold.take(frozenset({(0, "and")}))
    changes = _Changes(hold, before)
    reading = changes.explained() if sheet.cue("why") else changes.applied()
    if reading is None or not changes.made:
        return None
    return Attempt(reading, frozenset(hold.uses))


class _Changes:
    """What a question changes in the reading before."""

    def __init__(self, hold: Hold, before: Reading) -> None:
        self._hold = hold
        self._before = before
        self.made: set[str] = set()
        self._kept: tuple[Filter, ...] = before.where

    def explained(self) -> Reading | None:
        """The reasons for what was shown before: "why?"."""
        hold, before = self._hold, self._before
        hold.cue("why", "change", "difference", "sell")
        metrics = hold.metrics() or before.metrics
        period = self._period() or before.period
        if before.kind not in _NUMBERS or not metrics or period is None:
            return None
        down, up = hold.cue("down", "less"), hold.cue("up", "more")
        self.made.add("kind")
        return Reading(
            kind=Kind.DRIVERS,
            metrics=metrics[:1],
            where=self._where(),
            period=period,
            compare_with=(None if "period" in self.made else before.compare_with) or dates.previous(period),
            direction="down" if down and not up else "up" if up and not down else None,
            inherited=self._inherited(),
        )

    def applied(self) -> Reading | None:
        """The reading before with what is new."""
        before = self._before
        content: dict[str, Any] = {"where": self._where()}
        if before.kind in _NUMBERS:
            content |= self._metrics()
        if before.kind in {Kind.METRIC, Kind.COMPARE}:
            content |= self._rows(content["where"])
        elif before.kind in {Kind.STOCKOUT, Kind.REORDER, Kind.SLOW_MOVERS} and (rank := self._hold.rank()):
            content["limit"] = rank.limit or 10
            self.made.add("limit")
        elif before.kind is Kind.CUSTOMERS:
            content |= self._customers()
        content |= self._times()
        content["inherited"] = self._inherited()
        if "period" in self.made:
            content["assumptions"] = tuple(self._hold.assumptions)
        return before.model_copy(update=content)

    def _metrics(self) -> dict[str, Any]:
        adds = bool(self._hold.sheet.cue("add"))
        named = self._hold.metrics()
        if not named:
            return {}
        self.made.add("metrics")
        kept = self._before.metrics if adds else ()
        having = tuple(item for item in self._before.having if item.metric in (*kept, *named))
        return {"metrics": tuple(dict.fromkeys((*kept, *named))), "having": having}

    def _rows(self, where: tuple[Filter, ...]) -> dict[str, Any]:
        hold, before = self._hold, self._before
        content: dict[str, Any] = {}
        by = hold.splits("by", "which", "bare")
        if hold.cue("trend") and not by and before.period is not None:
            by = (grain_of(before.period),)
        if hold.sheet.cue("drop_split"):
            content |= {"by": (), "order": None, "limit": None}
            self.made.add("by")
        if by:
            content |= {"by": by, "order": None, "limit": None}
            self.made.add("by")
        by = content.get("by", before.by)
        rank = hold.rank() if by else None
        if rank is not None:
            content |= {"order": rank.order, "limit": rank.limit or 10}
            self.made.add("limit")
        if hold.sheet.cue("share"):
            content |= self._share(where, by)
        if hold.sheet.cue("average") and set(by) & TIME_NAMES:
            hold.cue("average")
            content["derived"] = (Derived.AVERAGE,)
            self.made.add("derived")
        return content

    def _share(self, where: tuple[Filter, ...], by: tuple[str, ...]) -> dict[str, Any]:
        part = share_of(where)
        if not (set(by) - TIME_NAMES) and part is None:
            return {}
        self._hold.cue("share", "percent")
        self.made.add("derived")
        splits = by if set(by) - TIME_NAMES or part is None else (*by, part)
        return {"derived": (Derived.SHARE,), "by": splits}

    def _customers(self) -> dict[str, Any]:
        for cue, topic in (("new", Topic.NEW), ("returning", Topic.RETURNING)):
            if self._hold.cue(cue):
                self.made.add("topic")
                return {"topic": topic}
        return {}

    def _times(self) -> dict[str, Any]:
        hold, before = self._hold, self._before
        is_compared = any(hold.sheet.cue(name) for name in _CHANGED)
        has_relative = before.period is not None and any(
            dates.is_reckoned_from(before.period, item.span) for item in hold.sheet.periods
        )
        if hold.sheet.periods and (is_compared or has_relative) and before.kind in {Kind.METRIC, Kind.COMPARE}:
            return self._compared()
        period = self._period()
        if period is None:
            return {}
        if before.kind in {Kind.COMPARE, Kind.DRIVERS}:
            if before.compare_with is None:
                return {"period": period}
            return {"period": period, "compare_with": dates.previous(period)}
        return {"period": period}

    def _compared(self) -> dict[str, Any]:
        hold, before = self._hold, self._before
        hold.cue(*_CHANGED)
        if len(hold.sheet.periods) == 2:
            periods = both(hold)
        else:
            mention = hold.sheet.periods[0]
            hold.take(mention.uses)
            base, span = before.period, mention.span
            if base is None or span.problem is not None:
                return {}
            other = dates.beside(base, span)
            periods = None if other is None else (base, other)
        if periods is None:
            return {}
        self.made.add("compare_with")
        changed = {"kind": Kind.COMPARE, "period": periods[0], "compare_with": periods[1]}
        return changed | {"derived": (Derived.DELTA, Derived.RATIO), "having": ()}

    def _period(self) -> Period | None:
        hold, before = self._hold, self._before
        if not hold.sheet.periods:
            return None
        looks_ahead = before.kind is Kind.STOCKOUT or before.topic in {Topic.FORECAST, Topic.PROMOTIONS}
        knows_none = before.kind is Kind.REORDER or (before.kind is Kind.LOOKUP and not looks_ahead)
        if knows_none or before.topic is Topic.OUT_NOW:
            return None
        period = ahead(hold, "next_14_days") if looks_ahead else hold.past(None)
        if period is not None:
            self.made.add("period")
        return period

    def _where(self) -> tuple[Filter, ...]:
        named = self._hold.where()
        if self._hold.cue("all_stores") and any(item.dimension in _PLACES for item in self._before.where):
            self.made |= _PLACES
            self._kept = tuple(item for item in self._before.where if item.dimension not in _PLACES)
            return self._kept
        if not named or self._before.kind is Kind.DIGEST:
            for item in self._hold.sheet.filters:
                self._hold.uses -= item.uses
            return self._before.where
        self.made |= {item.dimension for item in named}
        self._kept = tuple(old for old in self._before.where if not any(_replaces(new, old) for new in named))
        return (*self._kept, *named)

    def _inherited(self) -> tuple[str, ...]:
        before = self._before
        names = ("metrics", "period") if "kind" in self.made else ("metrics", "by", "period")
        parts = [name for name in names if getattr(before, name) and name not in self.made]
        kept = [item.dimension for item in self._kept]
        return tuple(dict.fromkeys((*parts, *kept)))


def _replaces(new: Filter, old: Filter) -> bool:
    """Whether a new filter stands in place of an old one: the same sort of thing, unless it is left out."""
    if new.operator == "!=":
        return False
    families = (PRODUCT_LIKE, _PLACES)
    return old.dimension == new.dimension or any({old.dimension, new.dimension} <= family for family in families)
