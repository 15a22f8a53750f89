"""Ids as they are compared: what is the same is joined, what may be one of two is refused."""

from __future__ import annotations

import decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte import LayerError
from flexruimte.evidence.identifiers import (
    KnownIds,
    ListedIds,
    UnmetIds,
    identifiers,
    in_natural_order,
)


def index(*ids: str) -> pd.Index[Any]:
    return pd.Index(ids, dtype=object)


def found(listed: list[str], parcels: list[str], among: list[str] | None = None) -> list[int]:
    """Return which listed id each of some parcels is, among all of them."""
    known = KnownIds(index(*(among or parcels)))
    return list(
        ListedIds(index(*listed), "owners").positions(index(*parcels).to_numpy(), lambda: known)
    )


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (pd.Series([4, 12]), ["4", "12"]),
        (pd.Series([4.0, None]), ["4", None]),
        (pd.Series([4, None], dtype="Int64"), ["4", None]),
        (pd.Series([90010000270000.0, 1.5]), ["90010000270000", "1.5"]),
        (pd.Series(["P04 ", "\u00a0P05", "\ufeffP06"]), ["P04", "P05", "P06"]),
        (pd.Series(["4.0", "4,00", "0012", "-1.0"]), ["4", "4", "0012", "-1"]),
        (pd.Series(["", " ", None]), [None, None, None]),
        (pd.Series(["1.10", "1.0.0", "A1.0"]), ["1.10", "1.0.0", "A1.0"]),  # no whole numbers
        (
            pd.Series([4, 4.0, "P ", None, decimal.Decimal("4.0")], dtype=object),
            ["4", "4", "P", None, "4"],
        ),
        (pd.Series(["P1", "P2"], dtype="category"), ["P1", "P2"]),
        (pd.Series([], dtype=object), []),
    ],
)
def test_one_way_to_write_an_id(values: pd.Series[Any], written: list[str | None]) -> None:
    plain = identifiers(values, "x").astype(object)
    assert plain.where(plain.notna(), None).tolist() == written


@pytest.mark.parametrize(
    "lost", [pd.Series([2.0**53 + 2]), pd.Series(["9.001E+13"]), pd.Series(["9,00e+13"])]
)
def test_digits_that_are_lost_are_refused(lost: pd.Series[Any]) -> None:
    with pytest.raises(LayerError, match=r"^owners: of the ids .* digits are lost.*as text"):
        identifiers(lost, "owners")


@pytest.mark.parametrize(
    ("listed", "parcels", "positions"),
    [
        (["1", "2"], ["2", "1", "3"], [1, 0, -1]),
        (["12"], ["00012"], [0]),  # the table went through a spreadsheet
        (["00012"], ["12"], [0]),  # the parcels did
        (["0012"], ["00012"], [0]),
        (["0"], ["000"], [0]),
        (["12"], ["P12", "0012a"], [-1, -1]),  # a number in a word is none
        (["1"], ["1", "001"], [0, -1]),  # as it is written goes first
        (["1", "001"], ["1", "001"], [0, 1]),
        (["1", "001"], ["1"], [0]),  # the other meets no parcel
    ],
)
def test_zeros_in_front(listed: list[str], parcels: list[str], positions: list[int]) -> None:
    assert found(listed, parcels) == positions


@pytest.mark.parametrize(
    ("listed", "parcels"),
    [
        (["1"], ["01", "001"]),
        (["01"], ["1", "001"]),
        (["1", "01"], ["001"]),
        (["0001"], ["01", "001"]),
    ],
)
def test_what_may_be_one_of_two_is_refused(listed: list[str], parcels: list[str]) -> None:
    with pytest.raises(
        LayerError, match=r"^owners: id .* may be parcel .*; write ids as the parcels"
    ):
        found(listed, parcels)


def test_parcels_of_another_municipality_count() -> None:
    """Whatever is looked at alone: nothing depends on the split."""
    assert found(["001"], ["1"], among=["1", "001"]) == [-1]
    assert found(["001"], ["1"], among=["1", "2"]) == [0]
    with pytest.raises(LayerError, match=r"may be parcel 1, 01"):
        found(["001"], ["1"], among=["1", "01"])


def test_all_parcels_are_only_read_where_zeros_leave_a_choice() -> None:
    def never() -> KnownIds:
        raise AssertionError("all parcels were read")

    for listed, parcels in ((["1", "2"], ["2", "3"]), (["01"], ["01", "2"]), (["P01"], ["P1"])):
        ListedIds(index(*listed), "x").positions(index(*parcels).to_numpy(), never)


def test_ids_that_meet_no_parcel_are_counted() -> None:
    listed = ListedIds(index("P9", "0012", "P1", "P8"), "x")
    unmet = listed.unmet(KnownIds(index("P1", "12", "P2")))
    assert unmet == UnmetIds(4, 2, ("P8", "P9"))
    assert str(unmet) == "2 of 4 ids meet no parcel (P8, P9)"
    many = ListedIds(index(*(f"Q{i}" for i in range(9))), "x").unmet(KnownIds(index("P1")))
    assert str(many) == "9 of 9 ids meet no parcel (Q0, Q1, Q2, Q3, Q4 and 4 more)"


WRITTEN = {
    "int": lambda ids: pd.Series(ids, dtype="int64"),
    "float": lambda ids: pd.Series(ids, dtype="float64"),
    "text": lambda ids: pd.Series([str(i) for i in ids], dtype="string"),
    "blanks": lambda ids: pd.Series([f" {i} " for i in ids], dtype=object),
    "decimals": lambda ids: pd.Series([f"{i}.0" for i in ids], dtype=object),
    "zeros": lambda ids: pd.Series([f"{i:08d}" for i in ids], dtype=object),
}


@given(
    numbers=st.lists(st.integers(0, 10**7), unique=True, min_size=1, max_size=20),
    seed=st.integers(0, 99),
    left=st.sampled_from(sorted(WRITTEN)),
    right=st.sampled_from(sorted(WRITTEN)),
)
def test_however_both_sides_are_written_the_same_rows_meet(
    numbers: list[int], seed: int, left: str, right: str
) -> None:
    shuffled = list(np.random.default_rng(seed).permutation(numbers))
    parcels = KnownIds(pd.Index(identifiers(WRITTEN[left](numbers), "p"), dtype=object))
    listed = ListedIds(pd.Index(identifiers(WRITTEN[right](shuffled), "t"), dtype=object), "t")
    at = listed.positions(parcels.ids.to_numpy(), lambda: parcels)
    assert [int(shuffled[position]) for position in at] == numbers
    assert listed.unmet(parcels).count == 0


def test_ids_are_ordered_as_people_count() -> None:
    ids = ["10", "2", "90010000270000#2", "90010000270000", "P10", "P2", "?", "2-B", "10-A"]
    ordered = sorted(ids, key=lambda one: str(in_natural_order(np.array([one], dtype=object))[0]))
    assert ordered == [
        "2",
        "2-B",
        "10",
        "10-A",
        "90010000270000",
        "90010000270000#2",
        "?",
        "P10",
        "P2",
    ]
