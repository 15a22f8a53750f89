"""Files of two runs are not taken for those of one."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from flexruimte import OutputError, batch
from flexruimte.results.read import read_parcel
from flexruimte.results.stamp import read_stamp, stamp_of, stamped
from toy_town import toy_study


def test_a_stamp_goes_with_the_table_and_changes_nothing_in_it(tmp_path: Path) -> None:
    table = pd.DataFrame({"parcel_id": ["P1", "P2"], "score": [1.0, None]})
    stamp = stamp_of(table)
    stamped(table, stamp).to_parquet(tmp_path / "a.parquet", index=False)
    table.to_parquet(tmp_path / "b.parquet", index=False)
    assert read_stamp(tmp_path / "a.parquet") == stamp
    assert read_stamp(tmp_path / "b.parquet") is None
    assert table.attrs == {}
    read = pd.read_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(read, pd.read_parquet(tmp_path / "b.parquet"))


@pytest.mark.parametrize(
    "other",
    [
        {"parcel_id": ["P1", "P3"], "score": [1.0, None]},
        {"parcel_id": ["P1", "P2"], "score": [1.0, 0.0]},
        {"parcel_id": ["P1", "P2"], "points": [1.0, None]},
        {"parcel_id": ["P1"], "score": [1.0]},
    ],
)
def test_other_tables_have_another_stamp(other: dict[str, list[object]]) -> None:
    table = pd.DataFrame({"parcel_id": ["P1", "P2"], "score": [1.0, None]})
    assert stamp_of(table) != stamp_of(pd.DataFrame(other))
    assert stamp_of(table, table) != stamp_of(table)


def test_findings_of_another_run_are_refused(tmp_path: Path) -> None:
    study = toy_study(tmp_path)
    batch.run(study, ["A"], tmp_path / "one")
    batch.run(study.changed(as_of=dt.date(2027, 1, 1)), ["A"], tmp_path / "other")
    folder = tmp_path / "one" / "A"
    assert len(read_parcel(folder, "P05").findings)
    shutil.copy(tmp_path / "other" / "A" / "findings.parquet", folder)
    with pytest.raises(OutputError, match=r"findings.parquet is of another run than parcels.parq"):
        read_parcel(folder, "P05")
    (folder / "findings.parquet").unlink()
    with pytest.raises(OutputError, match=r"findings.parquet cannot be read: it is not there; run"):
        read_parcel(folder, "P05")
