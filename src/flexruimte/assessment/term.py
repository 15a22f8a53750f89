"""The term: from when until when homes can stand on a parcel.

It depends on the plans, leases and reservations there, and on the legal regime.

Every date question is answered from the study's `as_of`; today's date is never read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flexruimte.assessment.overlay import Overlay
from flexruimte.assessment.regimes import legal_maximum
from flexruimte.errors import LayerError, enumerate_some
from flexruimte.evidence.contents import RowKeys
from flexruimte.evidence.dates import LATEST_YEAR, as_days, is_meant
from flexruimte.evidence.layers import Features, Layer, Table
from flexruimte.kernels.overlap import (
    cover_within_boundary_strip,
    index_geometries,
    isoperimetric_quotient,
)
from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.regulations import Agreements, Plans
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    FREE_YEARS_LIMIT,
    HARD_PLAN_FREE_YEARS,
    NO,
    PESSIMISTIC_TERM_YEARS,
    START_DELAY_YEARS,
    TERM_END,
    TERM_END_CLASS,
    TERM_START,
    TERM_YEARS,
    YES,
    Booleans,
    EndOfTerm,
    Floats,
    Integers,
    Verdicts,
)

__all__ = [
    "TERM_PARAMETERS",
    "Term",
    "agreement_dates",
    "assess_term",
    "years_between",
]

Dates = NDArray[np.datetime64]

TERM_PARAMETERS = ("lead_time_years", "longest_term_years", "clearing_years")
"""What the term asks of the placement."""
_NEVER = np.datetime64("9999-01-01", "D")
_HARD, _SOFT = "hard", "soft"


@dataclass(frozen=True)
class Term:
    """The term of each parcel."""

    columns: pd.DataFrame
    """Free years, term years, start, end, delay of the start and what ends it. (n, ...)

    Years are NaN where nothing bounds them for certain: the plans are left out, or what may bound
    them is not known. Start and end are datetime64, NaT there and where the term is empty.
    """
    may_be_lower: dict[str, Booleans]
    """Where the true value of a measure may be lower than the one given, so that a "yes" is not
    certain; by measure. (n,) bool"""
    plans: NDArray[Any]
    """The hard and soft plans on each parcel, as "a; b". (n,) object of str"""
    regimes: NDArray[Any]
    """Id of the row of law that decides how long homes may stand, "" where none holds. (n,) object
    of str"""
    unread: dict[str, RowKeys]
    """Plans on the parcels that could not be read, by what is wrong. Each (k,) uint64"""


@dataclass(frozen=True)
class _PlanStarts:
    """First plan of a hardness per parcel."""

    start: Dates
    doubtful: Booleans


def years_between(start: Dates, end: Dates) -> Floats:
    """Return calendar years from one date to another.

    Whole years are exact, days count as 1/31 month. (n,) float64.

    Examples
    --------
    >>> import numpy as np
    >>> float(years_between(np.datetime64("2027-01-01"), np.datetime64("2042-01-01")))
    15.0
    """
    months = end.astype("datetime64[M]").astype(np.int64) - start.astype("datetime64[M]").astype(
        np.int64
    )
    days = (end - end.astype("datetime64[M]")).astype(np.int64) - (
        start - start.astype("datetime64[M]")
    ).astype(np.int64)
    return np.asarray((months + days / 31) / 12, dtype=np.float64)


def plus_years(dates: Dates, years: float | Floats) -> Dates:
    """Return dates moved by whole months; the day stays, as far as the month has it."""
    month = dates.astype("datetime64[M]")
    day = dates - month
    moved = month + np.rint(np.asarray(years) * 12).astype("timedelta64[M]")
    longest = (
        (moved + np.timedelta64(1, "M")).astype("datetime64[D]")
        - moved.astype("datetime64[D]")
        - np.timedelta64(1, "D")
    )
    return np.asarray(moved.astype("datetime64[D]") + np.minimum(day, longest))


def assess_term(
    ruleset: Ruleset,
    layers: Mapping[str, Layer],
    not_assessed: frozenset[str],
    overlay: Overlay,
    ids: NDArray[Any],
    as_of: dt.date,
    measures: pd.DataFrame,
) -> Term:
    """Work out the term of each parcel.

    Parameters
    ----------
    ruleset
        Plans, agreements, regimes and placement parameters.
    layers
        The layers at hand; without the plan or agreement layer the term may be shorter than it
        seems.
    not_assessed
        Layers that the study knowingly leaves out. Without plans there is no term; without
        agreements it is the term that the plans leave.
    overlay
        The parcels, laid over the layers.
    ids
        Parcel ids. (n,) object
    as_of
        The study's date.
    measures
        Of the whole parcel: by some of them the law differs. (n, ...)

    Raises
    ------
    LayerError
        When an agreement has something else than a date.
    """
    count = len(ids)
    plans = _read_plans(ruleset.plans, layers, not_assessed, overlay)
    free_from, free_until, agreements_doubtful = _agreements(ruleset, layers, not_assessed, ids)
    today = np.full(count, np.datetime64(as_of, "D"))
    prepared = plus_years(today, ruleset.value("lead_time_years"))
    start = np.maximum(prepared, free_from)
    law = legal_maximum(ruleset, measures, as_of, start)
    longest = np.minimum(ruleset.value("longest_term_years"), law.years)
    unbounded = plus_years(start, ruleset.value("longest_term_years"))
    latest = np.minimum(plus_years(start, longest), free_until)
    clearing = ruleset.value("clearing_years")
    ends = {
        kind: np.minimum(latest, plus_years(plans.first[kind].start, -clearing))
        for kind in (_HARD, _SOFT)
    }
    end, pessimistic_end = ends[_HARD], np.minimum(ends[_HARD], ends[_SOFT])
    free_years = np.clip(years_between(today, plans.first[_HARD].start), 0, FREE_YEARS_LIMIT)
    hard_doubtful, law_doubtful = plans.first[_HARD].doubtful, law.may_be_lower
    may_be_lower = {
        HARD_PLAN_FREE_YEARS: hard_doubtful,
        TERM_YEARS: hard_doubtful | agreements_doubtful | law_doubtful,
        PESSIMISTIC_TERM_YEARS: hard_doubtful
        | agreements_doubtful
        | law_doubtful
        | plans.first[_SOFT].doubtful,
    }
    # In doubt a value is only stated where something on record shows that it is no longer.
    stated = {
        HARD_PLAN_FREE_YEARS: free_years < FREE_YEARS_LIMIT,
        TERM_YEARS: end < unbounded,
        PESSIMISTIC_TERM_YEARS: pessimistic_end < unbounded,
    }
    left_out = ruleset.plans is not None and ruleset.plans.layer in not_assessed
    known = {
        name: ~(doubtful & ~stated[name]) & (not left_out)
        for name, doubtful in may_be_lower.items()
    }
    dated = known[TERM_YEARS] & (end > start)
    years = {
        HARD_PLAN_FREE_YEARS: free_years,
        TERM_YEARS: np.maximum(years_between(start, end), 0),
        PESSIMISTIC_TERM_YEARS: np.maximum(years_between(start, pessimistic_end), 0),
    }
    columns = pd.DataFrame(
        {
            **{name: np.where(known[name], numbers, np.nan) for name, numbers in years.items()},
            TERM_START: np.where(dated, start, np.datetime64("NaT")),
            TERM_END: np.where(dated, end, np.datetime64("NaT")),
            START_DELAY_YEARS: np.where(
                _at_hand(ruleset.agreements, layers), years_between(prepared, start), np.nan
            ),
            TERM_END_CLASS: _what_ends_it(
                ended=end < plus_years(start, longest),
                sure=known[TERM_YEARS] & ~may_be_lower[TERM_YEARS],
                looked_at=all(
                    asked is not None and _at_hand(asked, layers)
                    for asked in (ruleset.plans, ruleset.agreements)
                ),
            ),
        }
    )
    return Term(columns, may_be_lower, plans.names, law.regime, plans.unread)


def _at_hand(asked: Plans | Agreements | None, layers: Mapping[str, Layer]) -> bool:
    """Return whether what the ruleset asks of plans or agreements is there; yes if it asks none.

    A table that says nothing of parcels that it does not list is not.
    """
    layer = layers.get(asked.layer) if asked else None
    says_none = not isinstance(layer, Table) or layer.speaks_of_unlisted
    return asked is None or (layer is not None and says_none)


def _what_ends_it(ended: Booleans, sure: Booleans, looked_at: bool) -> NDArray[Any]:
    """Return what is on record of the end of the term. (n,) object, an `EndOfTerm` or None.

    Parameters
    ----------
    ended
        Whether a plan or an agreement ends it, before its longest. (n,) bool
    sure
        Whether it cannot be shorter. (n,) bool
    looked_at
        Whether plans and agreements are both at hand, so that none means none.
    """
    result = np.full(len(ended), None, dtype=object)
    result[sure & ended] = str(EndOfTerm.KNOWN)
    if looked_at:
        result[sure & ~ended] = str(EndOfTerm.NONE_KNOWN)
    return result


@dataclass(frozen=True)
class _PlansRead:
    first: dict[str, _PlanStarts]
    names: NDArray[Any]
    unread: dict[str, RowKeys]


def _read_plans(
    plans: Plans | None, layers: Mapping[str, Layer], not_assessed: frozenset[str], overlay: Overlay
) -> _PlansRead:
    """Return the first hard and the first soft plan on each parcel."""
    count = len(overlay.shapes)
    features = layers.get(plans.layer) if plans else None
    if plans is None or not isinstance(features, Features):
        doubtful = np.full(count, plans is not None and plans.layer not in not_assessed)
        nothing = _PlanStarts(np.full(count, _NEVER), doubtful)
        return _PlansRead({_HARD: nothing, _SOFT: nothing}, np.full(count, "", dtype=object), {})
    read = _plan_rows(plans, features)
    parcel, plan = _plans_on_parcels(read, features, overlay)
    sure = (read.counts[plan] == YES) & ~read.placeholder[plan] & ~np.isnat(read.start[plan])
    outside = ~overlay.known(features)
    first = {}
    for kind, of_kind in ((_HARD, read.hard), (_SOFT, read.soft)):
        certain = sure & of_kind[plan]
        starts = np.full(count, _NEVER)
        np.minimum.at(starts, parcel[certain], read.start[plan[certain]])
        # A plan of unknown status may be hard.
        in_doubt = (of_kind[plan] & ~sure) | read.unread_status[plan]
        doubtful = outside.copy()
        doubtful[parcel[in_doubt]] = True
        first[kind] = _PlanStarts(starts, doubtful)
    here = np.zeros(len(features.ids), dtype=bool)
    here[plan] = True
    unread = {
        "plan status not in the ruleset's lists": read.unread_status,
        "hard or soft plan without a start": np.isnat(read.start) & (read.hard | read.soft),
        "placeholder circle": read.placeholder,
    }
    return _PlansRead(
        first,
        _grouped(features.names[plan], parcel, count),
        {what: features.row_keys[here & where] for what, where in unread.items()},
    )


@dataclass(frozen=True)
class _PlanRows:
    """What each of m plans says. Each (m,)"""

    hard: Booleans
    soft: Booleans
    unread_status: Booleans
    """Whether the ruleset does not know the status."""
    placeholder: Booleans
    """Whether the shape stands for a place that is not known."""
    start: Dates
    """NaT where it is not known."""
    counts: Verdicts
    """Whether the plan counts at all; NO also for a status that is to be ignored."""


def _plan_rows(plans: Plans, features: Features) -> _PlanRows:
    hard, soft, ignored = (
        features.with_value(plans.status_field, codes)
        for codes in (plans.hard, plans.soft, plans.ignored)
    )
    counts = features.counting(plans.where)
    return _PlanRows(
        hard=hard,
        soft=soft,
        unread_status=~(hard | soft | ignored),
        placeholder=isoperimetric_quotient(features.geometries) > plans.circle_quotient,
        start=_start_dates(plans, features.table),
        counts=np.where(ignored, NO, counts).astype(np.int8),
    )


def _plans_on_parcels(
    read: _PlanRows, features: Features, overlay: Overlay
) -> tuple[Integers, Integers]:
    """Return pairs of a parcel and a plan that is on it by more than the edge of the map."""
    found = overlay.of(features)
    found = found.where(read.counts[found.feature] > NO)
    pair, index = np.unique(
        np.stack([found.shape, found.feature], axis=1), axis=0, return_inverse=True
    )
    by_pair = replace(found, shape=index.ravel())
    covered: Floats = np.bincount(by_pair.shape, by_pair.area, minlength=len(pair)).astype(
        np.float64, copy=False
    )
    shapes = index_geometries(overlay.shapes[pair[:, 0]])
    edge = cover_within_boundary_strip(shapes, by_pair, covered, features.precision_m)
    parcel, plan = pair[~edge].T
    return parcel, plan


def _grouped(labels: NDArray[Any], group: NDArray[np.intp], count: int) -> NDArray[Any]:
    """Return the labels of each group, which rise, as "a; b"."""
    texts = np.full(count, "", dtype=object)
    groups, first = np.unique(group, return_index=True)
    texts[groups] = ["; ".join(each) for each in np.split(labels, first[1:])] if len(groups) else []
    return texts


def _start_dates(plans: Plans, table: pd.DataFrame) -> Dates:
    """Return the first of January of the year in which each plan starts.

    NaT where that is not known.
    """
    year = np.full(len(table), np.nan)
    if plans.start_year_field is not None:
        year = as_numbers(table[plans.start_year_field]).to_numpy(copy=True)
    for phase in sorted(plans.phases, key=lambda phase: phase.start_year, reverse=True):
        planned = as_numbers(table[phase.field]).gt(0).to_numpy()
        year = np.where(planned, phase.start_year, year)
    dates = np.full(len(table), np.datetime64("NaT"), dtype="datetime64[D]")
    known = (year > 1900) & (year <= LATEST_YEAR)
    dates[known] = (year[known].astype(int) - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return dates


def _agreements(
    ruleset: Ruleset, layers: Mapping[str, Layer], not_assessed: frozenset[str], ids: NDArray[Any]
) -> tuple[Dates, Dates, Booleans]:
    """Return from when and until when leases and reservations leave each parcel free.

    And whether that is in doubt. The last day that is written is free; the term ends the day after:
    from 2027-01-01 until 2041-12-31 is 15 years.
    """
    long_ago, count = np.datetime64("1900-01-01", "D"), len(ids)
    agreements = ruleset.agreements
    table = layers.get(agreements.layer) if agreements else None
    if agreements is None or not isinstance(table, Table):
        doubtful = np.full(count, agreements is not None and agreements.layer not in not_assessed)
        return np.full(count, long_ago), np.full(count, _NEVER), doubtful
    dates = agreement_dates(agreements, table).reindex(ids)
    free_from, free_until = (dates[name].to_numpy().astype("datetime64[D]") for name in dates)
    return (
        np.where(np.isnat(free_from), long_ago, free_from),
        # The last free day counts.
        np.where(np.isnat(free_until), _NEVER, free_until + np.timedelta64(1, "D")),
        ~(table.speaks_of_unlisted | np.isin(ids, table.rows.index.to_numpy(dtype=object))),
    )


def agreement_dates(agreements: Agreements, table: Table) -> pd.DataFrame:
    """Return from when and until when parcels are free by their agreements, by parcel id.

    NaT where nothing is agreed.

    Raises
    ------
    LayerError
        When something else than a date stands there.
    """
    columns = {}
    for field in (agreements.free_from_field, agreements.free_until_field):
        text = table.rows[field]
        columns[field] = as_days(text)
        blank = text.isna() | text.astype("string").str.strip().eq("").fillna(True).astype(bool)
        wrong = text.index[~blank & (columns[field].isna() | ~is_meant(columns[field]))]
        if len(wrong):
            words = enumerate_some(f"'{word}'" for word in text[wrong].astype(str).unique())
            raise LayerError(
                f"{agreements.layer} ({table.facts.source}): '{field}' of parcel "
                f"{enumerate_some(wrong)} is no date (there is {words}); write it as 2030-12-31"
            )
    return pd.DataFrame(columns)
