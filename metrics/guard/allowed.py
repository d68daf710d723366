"""What a query may be made of. Whatever is not listed here is refused: new syntax must be let in on purpose."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

_CLAUSES = """
Select Subquery Union Except Intersect From Join Where Group Having Qualify Order Ordered Limit Offset Distinct With CTE
TableAlias Table Alias Column Identifier Star Literal Boolean Null Var Paren Tuple DataType DataTypeParam Interval
Window WindowSpec Filter WithinGroup IgnoreNulls RespectNulls GroupingSets Rollup
"""
_OPERATORS = """
Add Sub Mul Div IntDiv Mod Neg EQ NEQ LT LTE GT GTE NullSafeEQ NullSafeNEQ And Or Not Is Between In Like ILike Escape
DPipe Exists Case If
"""
_FUNCTIONS = """
Abs AnyValue ApproxDistinct ArgMax ArgMin Avg Cast Cbrt Ceil Coalesce Concat ConcatWs Contains Corr Count CountIf
CovarPop CovarSamp CumeDist CurrentDate DateAdd DateDiff DateFromParts DateSub DateTrunc Day DayOfMonth DayOfWeek
DayOfWeekIso DayOfYear Dayname DenseRank EndsWith Exp Extract First FirstValue Floor Greatest Hour Initcap IsNan
Kurtosis Lag Last LastDay LastValue Lead Least Left Length Ln Log LogicalAnd LogicalOr Lower Max Median Min Minute
Mode Month Monthname NthValue Ntile Nullif PercentRank PercentileCont PercentileDisc Pow Quantile Quarter Rank
RegexpExtract RegexpLike RegrIntercept RegrR2 RegrSlope Right Round RowNumber Second Sign Skewness SplitPart Sqrt
StartsWith Stddev StddevPop StddevSamp StrPosition Substring Sum TimeToStr TimestampTrunc Trim Trunc TryCast
TsOrDsAdd TsOrDsToDate Upper Variance VariancePop Week WeekOfYear Year
"""

NODES: Final[frozenset[str]] = frozenset((_CLAUSES + _OPERATORS + _FUNCTIONS).split())
"""Names of the sqlglot classes that a query may hold."""

UNTYPED_FUNCTIONS: Final[frozenset[str]] = frozenset({"date_part", "date_sub", "prefix", "suffix", "strip_accents"})
"""Functions that sqlglot has no class for."""

_ENGINE_FUNCTIONS = """
^@ abs add any_value approx_count_distinct arg_max arg_min avg bool_and bool_or cbrt ceil ceiling coalesce concat
concat_ws contains corr count count_if count_star covar_pop covar_samp cume_dist current_date date_add date_diff
date_part date_sub date_trunc day dayname dayofmonth dayofweek dayofyear dense_rank divide ends_with exp first
first_value floor greatest hour ilike_escape isfinite isnan isodow kurtosis kurtosis_pop lag last last_day
last_value lead least left len length like_escape ln log log10 log2 lower ltrim make_date max max_by median min
min_by minute mod mode month monthname multiply not_ilike_escape not_like_escape nth_value ntile nullif
percent_rank pow power prefix quantile quantile_cont quantile_disc quarter rank regexp_extract regexp_full_match
regexp_matches regr_intercept regr_r2 regr_slope right round row_number rtrim second sign skewness split_part sqrt
starts_with stddev stddev_pop stddev_samp strftime strip_accents strpos substr substring subtract suffix sum
to_days to_hours to_minutes to_months to_quarters to_seconds to_weeks to_years trim trunc upper var_pop var_samp
variance week weekofyear year
"""
ENGINE_FUNCTIONS: Final[frozenset[str]] = frozenset(_ENGINE_FUNCTIONS.split())
"""The same functions by DuckDB's own names, for the second reading."""

_SCALAR_TYPES = """
BOOLEAN TINYINT SMALLINT INT BIGINT INT128 UTINYINT USMALLINT UINT UBIGINT FLOAT DOUBLE DECIMAL VARCHAR TEXT CHAR
DATE TIME TIMESTAMP TIMESTAMPTZ TIMESTAMPNTZ INTERVAL
"""
TYPES: Final[frozenset[str]] = frozenset(_SCALAR_TYPES.split())
"""Types that a value may be cast to: plain ones, no lists, structs or types of the user's own."""

_SELECT_ARGUMENTS = "with_ expressions from_ joins where group having qualify order limit offset distinct windows"
_SET_ARGUMENTS = "this expression distinct by_name with_ order limit offset"

ARGUMENTS: Final[dict[type[exp.Expr], frozenset[str]]] = {
    exp.Select: frozenset(_SELECT_ARGUMENTS.split()),
    exp.Table: frozenset({"this", "db", "catalog", "alias"}),
    exp.Subquery: frozenset({"this", "alias", "with_", "order", "limit", "offset"}),
    exp.Join: frozenset({"this", "side", "kind", "on", "using"}),
    exp.With: frozenset({"expressions"}),
    exp.CTE: frozenset({"this", "alias", "materialized"}),
    exp.Union: frozenset(_SET_ARGUMENTS.split()),
    exp.Except: frozenset(_SET_ARGUMENTS.split()),
    exp.Intersect: frozenset(_SET_ARGUMENTS.split()),
    exp.Group: frozenset({"expressions", "all", "grouping_sets", "rollup"}),
    exp.Star: frozenset({"except_", "replace"}),
    exp.Limit: frozenset({"expression"}),
    exp.Offset: frozenset({"expression"}),
    exp.Column: frozenset({"this", "table", "db", "catalog"}),
    exp.In: frozenset({"this", "expressions", "query"}),
}
"""What the parts that could hide something may carry; any other argument is refused."""

JOIN_KINDS: Final = frozenset({"", "INNER", "OUTER", "CROSS"})
JOIN_SIDES: Final = frozenset({"", "LEFT", "RIGHT", "FULL"})
