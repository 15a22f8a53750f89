"""Whether features, or rows of a table, are a dataset: name, columns, words, numbers, shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pandas as pd
import shapely

from flexruimte.errors import FlexruimteError, enumerate_some
from flexruimte.evidence.plausibility import doubts_about_field
from flexruimte.evidence.shapes import COUNTRY
from flexruimte.rules.parts import Expected, LayerSpec
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study.new_study.recognition.candidate import (
    Candidate,
    Sure,
    against_by_name,
    for_by_name,
)
from flexruimte.study.new_study.recognition.fields import (
    Columns,
    Matching,
    Words,
    are_telling,
    as_text,
)
from flexruimte.study.new_study.recognition.known import KnownDataset, known
from flexruimte.study.new_study.recognition.looks import Look
from flexruimte.study.new_study.recognition.names import (
    NameEvidence,
    cut_off,
    is_own_name,
    same_name,
)
from flexruimte.wording.said import Said, said

__all__ = ["RowsCase", "ended"]

_TELLING_COLUMNS: Final = 2
"""So many columns that hardly any other dataset has tell which one it is."""
_SOME_EMPTY: Final = 0.05
"""A layer in which more of the rows have nothing in any field that rules read holds more."""
_UNIQUE_IDS: Final = 0.99
"""Parcels with fewer different ids are not named by that column."""


@dataclass(frozen=True)
class RowsCase:
    """What speaks for one dataset, and what against."""

    look: Look
    key: str
    dataset: KnownDataset
    ruleset: Ruleset
    names: NameEvidence
    words: Words
    """By `words_of_lists`."""

    def candidate(self) -> Candidate | None:
        """Return how sure it is; None where nothing speaks for it."""
        is_table = self._wanted == "table"
        if is_table != (self.look.shapes == "table") or not self._speaks:
            return None
        questions = self._questions()
        return Candidate(
            self.key,
            self._sure(certain=self._is_strong and not questions),
            self.look,
            self._reasons(),
            questions if questions or self._is_strong else [self._not_enough],
            self._columns.found,
            self._columns.values,
            self._constants,
            self._lost,
            self._id,
            self._extra,
            has_own_words=bool(self._own),
            telling=len(self._telling) + _TELLING_COLUMNS * self._words_tell,
        )

    @property
    def _spec(self) -> LayerSpec | None:
        return self.ruleset.layers.get(self.key) if self.dataset.serves == "layer" else None

    @property
    def _wanted(self) -> str | None:
        return self._spec.geometry if self._spec else self.dataset.geometry

    @property
    def _is_named(self) -> bool:
        return self.key in self.names.whole

    @cached_property
    def _matching(self) -> Matching:
        look = self.look
        return Matching(self.key, self.dataset, self._spec, look.rows, look.forms, self.words)

    @cached_property
    def _columns(self) -> Columns:
        return self._matching.columns()

    @property
    def _own(self) -> list[str]:
        return self._columns.own_words

    @cached_property
    def _telling(self) -> list[str]:
        """Columns that hardly any other dataset has."""
        names = self.dataset.telling
        return [
            column for column in self.look.columns if any(_named_so(column, name) for name in names)
        ]

    @property
    def _words_tell(self) -> bool:
        return self.dataset.words and are_telling(self._own)

    @property
    def _speaks(self) -> bool:
        """Whether anything speaks for it at all."""
        fits = self._wanted in ("table", "mixed") or self.look.shapes in (self._wanted, "mixed")
        if self._is_named or not fits:
            return self._is_named
        has_words = any(self.words.get(form) == frozenset((self.key,)) for form in self._all_forms)
        return self.key in self.names.part or bool(self._telling or (has_words and self._own))

    @property
    def _all_forms(self) -> Iterator[str]:
        return (form for forms in self.look.forms.values() for form in forms)

    @property
    def _is_strong(self) -> bool:
        """Whether what was seen makes it this dataset and no other."""
        by_columns = len(self._telling) >= _TELLING_COLUMNS
        return (self._is_named and self._has_its_fields) or self._words_tell or by_columns

    @property
    def _has_its_fields(self) -> bool:
        """Whether it has all fields of the dataset, or one that only this dataset has.

        Fields such as `naam` stand in many, so that one of them says nothing, and neither do
        columns that may be called so.
        """
        found, looks = self._columns.found, self.dataset.looks
        named = {name for name, column in found.items() if _named_so(column, name)}
        if self._own or set(self._matching.fields) <= named:
            return True
        if any(name in found and name not in self._columns.strange for name in looks):
            return True
        return any(is_own_name(column, self.key) for column in found.values())

    def _sure(self, *, certain: bool) -> Sure:
        if certain:
            return "certain"
        likely = self._is_named or self._is_strong or (self._telling and self._own)
        return "likely" if likely else "unsure"

    @cached_property
    def _absent(self) -> list[str]:
        """Fields that have to be there and have no column."""
        spec = self._spec
        if spec is not None:
            wanted = [*self.ruleset.fields_in_use(self.key), *spec.rows]
            wanted = [name for name in dict.fromkeys(wanted) if not spec.field(name).optional]
            wanted += ["parcel_id"] if spec.geometry == "table" else []
        elif self.dataset.serves == "parcels":
            wanted = ["id"]
        else:
            wanted = list(self.dataset.fields)
        columns = self._columns
        return [
            name for name in wanted if name not in columns.found and name not in columns.several
        ]

    @property
    def _constants(self) -> dict[str, Any]:
        """Fields that an extract of a known kind does not have."""
        marks = self.dataset.without_when
        if not any(same_name(column, mark) for column in self.look.columns for mark in marks):
            return {}
        without = self.dataset.without
        return {name: without[name] for name in self._absent if name in without}

    @property
    def _lost(self) -> list[str]:
        return [name for name in self._absent if name not in self._constants]

    def _reasons(self) -> list[Said]:
        reasons = for_by_name(self.key, self.names)
        if self._telling:
            reasons.append(said("recognition-columns", columns=enumerate_some(self._telling)))
        if self._own:
            reasons.append(said("recognition-own-word", word=self._own[0]))
        found = self._columns.found
        reasons += [
            said("recognition-by-values", column=found[name], field=name)
            for name in self._columns.by_values
        ]
        if self._double_ids and self._is_unique:
            reasons.append(said("recognition-repaired-ids", **self._counted_ids))
        return reasons

    def _questions(self) -> list[Said]:
        return [
            *against_by_name(self.key, self.names),
            *self._about_shapes(),
            *self._about_fields(),
            *self._about_numbers(),
            *self._about_foreign_words(),
            *self._about_empty_rows(),
            *self._about_history(),
            *self._about_days(),
            *self._about_days_of_kinds(),
            *self._about_place(),
            *self._about_letters(),
            *self._about_codes(),
            *self._about_ids(),
        ]

    @property
    def _not_enough(self) -> Said:
        return said("recognition-name-alone" if self._is_named else "recognition-not-enough")

    def _about_shapes(self) -> list[Said]:
        there, wanted = self.look.shapes, str(self._wanted)
        if wanted in ("table", "mixed", there):
            return []
        return [said("recognition-shapes", there=_kind(there), wanted=_kind(wanted))]

    def _about_fields(self) -> list[Said]:
        columns, dataset = self._columns, self.dataset
        asked = [
            said("recognition-several-columns", field=name, columns=enumerate_some(several))
            for name, several in columns.several.items()
        ]
        for name, strange in columns.strange.items():
            if name in dataset.looks and dataset.serves == "layer":
                continue  # what names a feature may be of any form
            odd = enumerate_some([repr(word) for word in strange])
            column = columns.found[name]
            asked.append(said("recognition-strange", column=column, words=odd, field=name))
        if self._lost:
            asked.append(said("recognition-lost", fields=enumerate_some(self._lost)))
        return asked

    def _about_numbers(self) -> list[Said]:
        """Hold numbers against what the ruleset expects, but for those that stand for missing."""
        asked = []
        for name, expected in self._spec.expected.items() if self._spec else ():
            column = self._columns.found.get(name)
            if column is not None:
                doubts = self._doubts(expected, self.look.rows[column])
                asked += [
                    said("recognition-of-column", column=column, text=doubt) for doubt in doubts
                ]
        return asked

    def _doubts(self, expected: Expected, values: pd.Series[Any]) -> list[Said]:
        below = self._spec.missing_below if self._spec else None
        if below is not None:
            numbers = pd.to_numeric(values, errors="coerce")
            values = numbers[numbers >= below]
        return doubts_about_field(expected, values)

    def _about_foreign_words(self) -> list[Said]:
        foreign = {} if self._is_named else self._matching.foreign_words()
        return [
            said("recognition-foreign-word", word=word, dataset=owner)
            for word, owner in list(foreign.items())[:1]
        ]

    def _about_empty_rows(self) -> list[Said]:
        """Ask about rows that say nothing of what rules read: a table may hold several datasets.

        Where the name is that of the dataset, a single field may be empty.
        """
        spec, rows = self._spec, self.look.rows
        if spec is None or rows.empty:
            return []
        if len(self._telling) >= _TELLING_COLUMNS:
            asked = self._if_empty(self._telling)
            if asked:
                return asked
        if self._lost:
            return []
        read = [
            column
            for name, column in self._columns.found.items()
            if (spec.field(name).open or spec.field(name).values) and name not in spec.rows
        ]
        return [] if len(read) <= self._is_named else self._if_empty(read)

    def _if_empty(self, columns: list[str]) -> list[Said]:
        """Ask about the rows that have nothing in any of some columns, where they are not few."""
        empty = float(self.look.rows[columns].isna().all(axis=1).mean())
        if empty <= _SOME_EMPTY:
            return []
        return [said("recognition-empty", share=f"{empty:.0%}", columns=enumerate_some(columns))]

    @cached_property
    def _ends(self) -> list[str]:
        """Columns that say of some objects that they are no more, and that no rule looks at."""
        taken = set(self._columns.found.values())
        return [column for column in ended(self.look) if column not in taken]

    def _about_history(self) -> list[Said]:
        if not self._ends:
            return []
        return [said("recognition-history", columns=enumerate_some(self._ends))]

    def _about_days(self) -> list[Said]:
        """Ask where one day lies after another one that has to be later: columns were swapped."""
        found, asked = self._columns.found, []
        for first, second in self.dataset.before.items():
            if first not in found or second not in found:
                continue
            # Days as they are read, 2026-01-31 or 20260131, stand in the order of their text.
            earlier, later = (as_text(self.look.rows[found[name]]) for name in (first, second))
            both = earlier.index.intersection(later.index)
            wrong = float((earlier[both] > later[both]).mean()) if len(both) else 0.0
            if wrong > _SOME_EMPTY:
                asked.append(said("recognition-days", first=found[first], second=found[second]))
        return asked

    def _about_days_of_kinds(self) -> list[Said]:
        """Ask where rows of a kind lack the day that it has: columns were swapped."""
        asked = []
        for column, days in self.dataset.days_of.items():
            if column not in self.look.rows:
                continue
            kinds = as_text(self.look.rows[column]).str.lower()
            for kind, name in days.items():
                rows = kinds.index[kinds == kind]
                if name not in self._columns.found or not len(rows):
                    continue
                own = self._columns.found[name]
                if self.look.rows.loc[rows, own].isna().mean() > _SOME_EMPTY:
                    asked.append(said("recognition-kind", kind=kind, column=own))
        return asked

    def _about_place(self) -> list[Said]:
        """Ask where all shapes lie outside of the country: coordinates may be something else."""
        try:
            extent = self.look.extent
        except FlexruimteError:  # such as coordinates that cannot be in the system that it names
            return [said("recognition-elsewhere")]
        if extent is None or shapely.box(*extent).intersects(shapely.box(*COUNTRY)):
            return []
        return [said("recognition-elsewhere")]

    def _about_letters(self) -> list[Said]:
        encoding = self.look.settings.encoding
        return [] if encoding is None else [said("recognition-letters", encoding=encoding)]

    @property
    def _extra(self) -> dict[str, Any]:
        """Settings that follow from what was seen."""
        extra: dict[str, Any] = {}
        if self._double_ids and self._is_unique:
            extra["repair_ids"] = True
        if self._ends:
            extra["where"] = " AND ".join(f'"{column}" IS NULL' for column in self._ends)
        return extra

    def _about_codes(self) -> list[Said]:
        column = self._columns.found.get("code")
        if self.dataset.serves != "municipalities" or column is None:
            return []
        codes = as_text(self.look.rows[column])
        if codes.empty or not codes.str.fullmatch(self.dataset.looks["code"]).all():
            return [said("recognition-codes")]
        return [said("recognition-several-rows")] if codes.duplicated().any() else []

    @property
    def _id(self) -> str | None:
        """The column that names a parcel."""
        found = self._columns.found
        return found.get("id" if self.dataset.serves == "parcels" else "parcel_id")

    @cached_property
    def _parcel_ids(self) -> pd.Series[Any]:
        if self.dataset.serves != "parcels" or self._id is None:
            return pd.Series(dtype=object)
        return self.look.whole_column(self._id)

    @cached_property
    def _double_ids(self) -> int:
        return int(self._parcel_ids.duplicated().sum() + self._parcel_ids.isna().sum())

    @property
    def _is_unique(self) -> bool:
        """Whether parcels are named by the column, but for a few."""
        return bool(self._parcel_ids.nunique() >= _UNIQUE_IDS * len(self._parcel_ids))

    @property
    def _counted_ids(self) -> dict[str, str]:
        return {"number": str(self._double_ids), "total": str(len(self._parcel_ids))}

    def _about_ids(self) -> list[Said]:
        if self._double_ids and not self._is_unique:
            return [said("recognition-double-ids", **self._counted_ids)]
        return []


def _kind(shapes: str) -> Said:
    """Return what a kind of shapes is called."""
    return said(f"geometry-{shapes}")


def ended(look: Look) -> list[str]:
    """Return the columns of a source that say of some of its objects that they are no more."""
    return [
        column
        for column in look.columns
        if any(_named_so(column, name) for name in known().ends) and look.rows[column].notna().any()
    ]


def _named_so(column: str, name: str) -> bool:
    """Return whether a column has a name, in full or cut off."""
    return same_name(column, name) or cut_off(column, name)
