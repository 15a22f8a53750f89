"""Ids as they are compared: one rule for parcels, owners, leases, decisions, placements, codes.

Programs write one id in several ways: a spreadsheet turns 00012 into 12 and a column with a gap
into real numbers (12.0), and blanks stick to what people copy. What surely is the same id is
joined; what may be one of two is refused; what meets nothing is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from flexruimte.errors import LayerError, enumerate_some
from flexruimte.vocabulary import Integers

__all__ = [
    "Everyone",
    "KnownIds",
    "ListedIds",
    "UnmetIds",
    "identifier",
    "identifiers",
    "in_natural_order",
]

_EXACT: Final = 2.0**53
"""From here on, not every whole number is a float64 of its own."""
_WHOLE: Final = re.compile(r"([+-]?\d+)[.,]0+")
_SCIENTIFIC: Final = r"[+-]?\d(?:[.,]\d+)?[eE]\+\d+"
_BLANKS: Final = " \t\r\n\f\v\u00a0\u2007\u202f\ufeff\u200b"
_LEADING_NUMBER: Final = re.compile(r"^\d+")
_MOST_DIGITS: Final = 40
_SOME: Final = 5


def identifiers(values: pd.Series[Any], label: str) -> pd.Series[Any]:
    """Return ids as text, written in one way; NA where there is none.

    Blanks around an id go, and a whole number is written without decimals, whether it is a number
    or text. Zeros in front stay: whether they count depends on what the id is compared with, see
    `ListedIds`.

    Parameters
    ----------
    values
        As a source has them. (n,)
    label
        How messages call that source.

    Returns
    -------
    pandas.Series
        With the same index. (n,) string

    Raises
    ------
    LayerError
        When digits of an id are lost: real numbers from 2**53 on, and what a spreadsheet shows of
        long numbers, such as 9.00E+13.

    Examples
    --------
    >>> identifiers(pd.Series([4.0, None]), "owners").tolist()
    ['4', <NA>]
    >>> identifiers(pd.Series(["P04 ", "4.0", "0012", " "]), "owners").tolist()
    ['P04', '4', '0012', <NA>]
    """
    if pd.api.types.is_float_dtype(values.dtype):
        _refuse_lost_digits(values[values.abs().ge(_EXACT)], label)
        whole = values.notna() & (values % 1 == 0)
        text = values.astype("string")
        as_whole = values[whole].astype("int64").astype("string")
        return text.where(~whole, as_whole.reindex(values.index))
    if pd.api.types.is_integer_dtype(values.dtype):
        return values.astype("string")
    if not pd.api.types.is_string_dtype(values.dtype):
        values = pd.Series([_as_text(value) for value in values], index=values.index, dtype=object)
    text = values.astype("string").str.strip(_BLANKS)
    spoiled = text.str.fullmatch(_SCIENTIFIC).fillna(False).astype(bool)
    _refuse_lost_digits(text[spoiled], label)
    decimal = text.str.fullmatch(_WHOLE.pattern).fillna(False).astype(bool)
    text[decimal] = text[decimal].str.replace(_WHOLE, r"\1", regex=True)
    return text.mask(text.eq("").fillna(False).astype(bool))


def identifier(value: object) -> str:
    """Return one id, as somebody types it, as `identifiers` writes it.

    Examples
    --------
    >>> identifier(4.0), identifier(" P04")
    ('4', 'P04')
    """
    text = str(value).strip(_BLANKS)
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def _as_text(value: Any) -> Any:
    """Return one id of a column of mixed kinds as text; None where it is null."""
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return str(value)


def _refuse_lost_digits(lost: pd.Series[Any], label: str) -> None:
    if len(lost):
        raise LayerError(
            f"{label}: of the ids {enumerate_some(lost.unique())} digits are lost, as a "
            "spreadsheet took them for numbers; make the file again with ids as text"
        )


def in_natural_order(ids: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return texts whose alphabetical order is that of ids: 2 before 10.

    Parameters
    ----------
    ids
        (n,) object of str

    Examples
    --------
    >>> sorted(["10", "9#2", "9", "P2"], key=lambda one: in_natural_order(np.array([one]))[0])
    ['9', '9#2', '10', 'P2']
    """
    which, different = pd.factorize(np.asarray(ids, dtype=object))
    padded = [
        _LEADING_NUMBER.sub(lambda found: found[0].zfill(_MOST_DIGITS), one) for one in different
    ]
    return np.array(padded, dtype=object)[which]


def _without_zeros(ids: pd.Index[Any]) -> pd.Series[Any]:
    """Return whole numbers without zeros in front; NA for other ids. (n,) string"""
    text = pd.Series(ids, dtype="string")
    bare = text.str.lstrip("0")
    bare = bare.mask(bare.eq(""), "0")
    return bare.where(text.str.fullmatch(r"\d+").astype(bool))


@dataclass(frozen=True)
class KnownIds:
    """The ids of all parcels of a study, or of all that something else is joined to.

    Parameters
    ----------
    ids
        As `identifiers` writes them, each once. (n,)
    """

    ids: pd.Index[Any]

    @cached_property
    def _by_number(self) -> pd.Series[Any]:
        """The ids that are whole numbers, by that number without zeros in front."""
        bare = _without_zeros(self.ids)
        known = bare.notna().to_numpy()
        return pd.Series(self.ids[known].to_numpy(), index=pd.Index(bare[known], dtype=object))

    def with_number(self, bare: str) -> list[str]:
        """Return the ids that are a number, however many zeros stand in front."""
        return list(self._by_number.loc[[bare]]) if bare in self._by_number.index else []


Everyone: TypeAlias = Callable[[], KnownIds]
"""Gives the ids of all parcels of a study; called only where zeros in front leave a choice."""


@dataclass(frozen=True)
class UnmetIds:
    """Ids in a table that meet no parcel of the study."""

    listed: int
    """How many different ids the table has."""
    count: int
    """How many of them meet no parcel."""
    some: tuple[str, ...] = ()
    """The first few of those."""

    def __str__(self) -> str:
        """Return it in words."""
        others = f" and {self.count - len(self.some)} more" if self.count > len(self.some) else ""
        named = f" ({', '.join(self.some)}{others})" if self.some else ""
        return f"{self.count} of {self.listed} ids meet no parcel{named}"


class ListedIds:
    """Ids in a table, to be found by those of parcels.

    An id is found as it is written. Where that fails, a whole number is found by its value, so that
    12 meets 00012, if no other id of either side has that value.

    Parameters
    ----------
    ids
        As `identifiers` writes them, each once. (m,)
    label
        How messages call the table.

    Examples
    --------
    >>> owners = ListedIds(pd.Index(["12", "0007", "P1"]), "owners")
    >>> everyone = KnownIds(pd.Index(["00012", "7", "P1", "P2"]))
    >>> owners.positions(everyone.ids.to_numpy(), lambda: everyone)
    array([ 0,  1,  2, -1])
    """

    def __init__(self, ids: pd.Index[Any], label: str) -> None:
        self.ids, self._label = ids, label

    @cached_property
    def _padded(self) -> dict[str, list[int]]:
        """Positions of the whole numbers with zeros in front, by the number without them."""
        text = pd.Series(self.ids, dtype="string")
        zeros = np.flatnonzero(text.str.fullmatch(r"0\d+").to_numpy(dtype=bool))
        found: dict[str, list[int]] = {}
        for position, bare in zip(zeros.tolist(), _without_zeros(self.ids[zeros]), strict=True):
            found.setdefault(str(bare), []).append(position)
        return found

    def positions(self, wanted: np.ndarray[Any, Any], everyone: Everyone) -> Integers:
        """Return which listed id each wanted one is; -1 where it is not listed.

        Parameters
        ----------
        wanted
            Ids of some or all parcels, each once. (n,) object of str
        everyone
            Gives the ids of all parcels, among which no other may have the same value.

        Raises
        ------
        LayerError
            When a listed id may be that of two parcels, or two listed ids that of one.
        """
        found = np.array(self.ids.get_indexer(pd.Index(wanted, dtype=object)), dtype=np.intp)
        for at in np.flatnonzero(found < 0).tolist():
            parcel = str(wanted[at])
            bare = parcel.lstrip("0") or "0"
            without_zeros = bare != parcel and bare.isdecimal() and bare in self.ids
            if without_zeros or bare in self._padded:
                position = self._of_number(parcel, bare, everyone())
                found[at] = -1 if position is None else position
        return found

    def _of_number(self, parcel: str, bare: str, known: KnownIds) -> int | None:
        """Return which listed id has the value of a parcel's; None where it is another parcel's."""
        positions = list(self._padded.get(bare, []))
        if bare in self.ids:
            positions.append(int(self.ids.get_indexer(pd.Index([bare], dtype=object))[0]))
        names = [str(self.ids[position]) for position in positions]
        free = [
            position
            for position, name in zip(positions, names, strict=True)
            if name not in known.ids
        ]
        if not free:
            return None
        parcels = known.with_number(bare)
        if len(free) > 1 or len(parcels) > 1:
            raise LayerError(
                f"{self._label}: id {enumerate_some(names)} may be parcel "
                f"{enumerate_some(parcels or [parcel])}, with or without zeros in front; "
                "write ids as the parcels have them"
            )
        return free[0]

    def unmet(self, known: KnownIds) -> UnmetIds:
        """Return which listed ids meet none of the parcels of a study.

        Raises
        ------
        LayerError
            As `positions`.
        """
        met = self.positions(known.ids.to_numpy(dtype=object), lambda: known)
        alone = np.ones(len(self.ids), dtype=bool)
        alone[met[met >= 0]] = False
        some = tuple(sorted(map(str, self.ids[alone]))[:_SOME])
        return UnmetIds(len(self.ids), int(alone.sum()), some)
