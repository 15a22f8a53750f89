"""The lock on a folder: never two, who has it is named, and it is open when its holder was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flexruimte import OutputError
from flexruimte.results.lock import lock_file
from flexruimte.results.store import store_of

HOLDING = """
import sys, time
from pathlib import Path
from flexruimte.results.lock import lock_file
from flexruimte.results.store import store_of
with lock_file(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(600)
"""


def test_a_lock_is_held_until_its_process_ends_however_it_ends(tmp_path: Path) -> None:
    path = tmp_path / ".run.lock"
    command = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "in\n"
            for _ in range(2):  # being refused does not open it, nor hide who has it
                with (
                    pytest.raises(OutputError, match=rf"writes to .*: process {other.pid} on "),
                    lock_file(path),
                ):
                    pass
        finally:
            other.kill()
    with lock_file(path):
        pass


def test_one_process_does_not_hold_a_lock_twice(tmp_path: Path) -> None:
    path = tmp_path / ".run.lock"
    with lock_file(path):
        with pytest.raises(OutputError, match="another run"), lock_file(path):
            pass
        with pytest.raises(OutputError, match="another run"), lock_file(path):
            pass
    with lock_file(path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == [".run.lock"]


@pytest.mark.parametrize("name", [".run.lock", ".run.lock.holder"])
def test_a_symbolic_link_is_not_written_through(tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("kept")
    (tmp_path / name).symlink_to(elsewhere)
    with pytest.raises(OutputError, match="is a symbolic link"), lock_file(tmp_path / ".run.lock"):
        pass
    assert elsewhere.read_text() == "kept"


def test_nor_is_one_in_place_of_the_folder_of_a_municipality(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "GM0001").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="is a symbolic link"), store_of(out).writing("GM0001"):
        pass
    # the folder of the run itself may be one
    (tmp_path / "link").symlink_to(out)
    with store_of(tmp_path / "link").writing() as folder:
        assert folder == out
