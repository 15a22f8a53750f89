"""Corrupts the toy town in many ways, runs the command line on each, and says what ended badly.

``PYTHONPATH=tests python -m fuzz.driver [--first N] [--count N] [--workers N] [--keep DIR]`` prints a line for
each seed that ended badly, and how many there were. A seed always makes the same corruption.

None may end in a traceback, take more than a minute, write outside the output folder, or let a
parcel come out better without a word.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from command_line import run as run_command
from fuzz.corruptions import Corruption, corrupt
from toy_files import write_toy_study

__all__ = ["Outcome", "faults_of", "judged", "main", "write_whole"]

# A server that has imported all and has no threads is forked for each run.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["fuzz.driver", "flexruimte.views.explanation", "rasterio"])
SECONDS = 60
BETTER = ("excluded", "unknown", "attention", "available")
"""Statuses, each better than those before it."""
WORDS = ("warning", "problem", "error", "failed")


@dataclass(frozen=True)
class Outcome:
    """How a run of the command line ended."""

    status: int | None
    """None where it was stopped, below zero where a signal ended it."""
    said: str
    statuses: dict[str, str]
    """Of the parcels, where there are results."""


def _in_child(arguments: list[str], said: Path, folder: Path) -> None:
    """Run the command line with what it says in a file, from a folder of its own."""
    os.chdir(folder)
    with said.open("w", encoding="utf-8") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            try:
                status = run_command(*arguments)
            except BaseException:  # what gets here is what is looked for
                traceback.print_exc()
                status = 70
    os._exit(status)


def _run(case: Path) -> Outcome:
    """Rank the first municipality of a case in a process of its own."""
    said, working = case / "said.txt", case / "working"
    working.mkdir()
    arguments = ["run", str(case / "town" / "study.toml"), "--out", str(case / "out")]
    said.touch()
    child = PROCESSES.Process(target=_in_child, args=(arguments, said, working))
    child.start()
    child.join(SECONDS)
    if child.is_alive():
        child.kill()
        child.join()
        return Outcome(None, said.read_text(errors="replace"), {})
    statuses: dict[str, str] = {}
    for table in sorted((case / "out").glob("*/parcels.parquet")):
        rows = pd.read_parquet(table, columns=["parcel_id", "status"])
        statuses |= dict(zip(rows["parcel_id"], rows["status"], strict=True))
    return Outcome(child.exitcode, said.read_text(errors="replace"), statuses)


def _files(case: Path) -> dict[str, tuple[int, int]]:
    """Return the files of a case that a run may not touch, with size and time of change."""
    ours = {case / "said.txt"}
    return {
        str(path.relative_to(case)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in case.rglob("*")
        if path.is_file() and path not in ours and case / "out" not in path.parents
    }


def judged(
    corruption: Corruption, outcome: Outcome, whole: Outcome, touched: set[str]
) -> list[str]:
    """Return what ended badly."""
    faults = [f"wrote {name}" for name in sorted(touched)]
    if outcome.status is None:
        return [*faults, f"took more than {SECONDS} s"]
    if outcome.status not in (0, 1, 2):
        faults.append(f"ended with {outcome.status}")
    for sign in ("Traceback", "not foreseen", "unexpected", "Segmentation"):
        if sign in outcome.said:
            faults.append(f"said: {sign}")
    if corruption.refused and outcome.status != 2:
        faults.append("was not refused")
    if corruption.takes_away and not any(word in outcome.said.lower() for word in WORDS):
        better = [
            parcel
            for parcel, status in outcome.statuses.items()
            if BETTER.index(status) > BETTER.index(whole.statuses.get(parcel, "available"))
        ]
        if better:
            faults.append(f"better without a word: {', '.join(better)}")
    return faults


def write_whole(folder: Path) -> Outcome:
    """Write the toy town as it is, and return what a run of it says."""
    write_toy_study(folder / "town")
    return _run(folder)


def faults_of(seed: int, town: Path, whole: Outcome, keep: Path | None = None) -> str:
    """Return what ended badly for a seed, with what was corrupted; empty where nothing did."""
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{seed}-") as name:
        case = Path(name)
        shutil.copytree(town, case / "town")
        corruption = corrupt(case / "town", seed)
        before = _files(case)
        outcome = _run(case)
        after = _files(case)
        touched = {path for path in before.keys() | after if before.get(path) != after.get(path)}
        faults = judged(corruption, outcome, whole, touched)
        if faults and keep is not None:
            shutil.copytree(case, keep / str(seed), dirs_exist_ok=True)
    return f"{seed} ({corruption.what}): {'; '.join(faults)}" if faults else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the seeds that are asked for; the exit status is 1 when any ended badly."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="folder for the cases that ended badly")
    asked = parser.parse_args(arguments)
    seeds = range(asked.first, asked.first + asked.count)
    with tempfile.TemporaryDirectory(prefix="fuzz-whole-") as name:
        whole = write_whole(Path(name))
        one = partial(faults_of, town=Path(name) / "town", whole=whole, keep=asked.keep)
        bad = 0
        with ThreadPoolExecutor(asked.workers) as pool:
            for fault in pool.map(one, seeds):
                if fault:
                    bad += 1
                    sys.stdout.write(f"{fault}\n")
                    sys.stdout.flush()
    sys.stdout.write(f"{bad} of {len(seeds)} ended badly\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
