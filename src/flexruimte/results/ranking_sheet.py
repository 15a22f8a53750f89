"""ranking.xlsx: ranking.csv for a spreadsheet, whatever its language.

A Dutch spreadsheet takes a comma for the decimals and opens a file with commas in one column, where
scripts ask for commas and points. In a workbook numbers are numbers, dates are dates, ids keep
their zeros, and a text is never a formula.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd
import pyogrio

from flexruimte.errors import OutputError
from flexruimte.results.atomic_write import atomic_write
from flexruimte.vocabulary import RANK, TERM_END, TERM_START, THEMES, unit_of

__all__ = ["write_ranking_sheet"]

_SHEET: Final = "ranking"
_FIRST_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that an archive can say."""
_SCORES: Final = ("score", "score_low", "score_high", *THEMES)
_WHOLE: Final = (RANK, "homes", "homes_low", "homes_mid", "homes_high")


def write_ranking_sheet(ranking: Path, path: Path) -> None:
    """Write the rows of ranking.csv as a workbook of one sheet.

    Parameters
    ----------
    ranking
        The table, as `flexruimte.results.ranking_table.write_ranking_table` writes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the table cannot be read or the file cannot be written.
    """
    try:
        texts = pd.read_csv(ranking, dtype="string", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise OutputError(f"{ranking} cannot be read: {error}") from None
    rows = pd.DataFrame({str(name): _typed(str(name), texts[name]) for name in texts})
    book = BytesIO()
    # GDAL makes no sheet of nothing: without rows one empty row stands under the heading.
    whole = rows if len(rows) else rows.reindex([0])
    pyogrio.write_dataframe(whole, book, layer=_SHEET, driver="XLSX")
    with atomic_write(path) as partial:
        _copy_without_times(book, partial)


def _copy_without_times(book: BytesIO, path: Path) -> None:
    """Write a workbook so that the same rows give the same bytes, whenever it was made."""
    with ZipFile(book) as made, ZipFile(path, "w") as same:
        for name in made.namelist():
            part = ZipInfo(name, _FIRST_MOMENT)
            same.writestr(part, made.read(name), compress_type=ZIP_DEFLATED)


def _typed(name: str, texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as numbers, dates or texts; an empty cell is null."""
    known = texts.mask(texts == "")
    if name in (TERM_START, TERM_END):
        return pd.to_datetime(known)
    if name in _WHOLE:
        return pd.to_numeric(known).astype("Int64")
    if _is_number(name):
        return pd.to_numeric(known).astype("float64")
    return known


def _is_number(name: str) -> bool:
    is_score = name in _SCORES or name.startswith("suitability_")
    return is_score or unit_of(name) not in ("", "class")
