"""What all benchmarks share: whole processes measured, in turn, and told as tables.

On Linux; elsewhere memory is what is not shared.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil  # not by the processes that are measured, which import this module too

FOLDER = Path(__file__).parent.parent / ".cache" / "benchmarks"
"""Where what the benchmarks make is kept, for the next time."""
FLEXRUIMTE = [sys.executable, "-c", "from flexruimte.cli import main; main()"]
"""The command line, with the Python that runs the benchmark."""
ON_ONE_PROCESSOR = [
    sys.executable,
    "-c",
    "import os; os.sched_setaffinity(0, {0}); from flexruimte.cli import main; main()",
]
"""The same, where it may use one processor only, so that it uses one thread too."""
MEASURED = ["s", "CPU s", "peak MB"]


@dataclass(frozen=True)
class Run:
    """One process from start to end, with the processes that it started."""

    seconds: float
    processor_seconds: float
    peak_mb: float
    """Largest sum over all its processes at one moment: memory shared by several counts once (PSS), where the system tells. [MB]"""
    output: str
    """What it printed on its standard output."""

    @property
    def figures(self) -> list[str]:
        """Cells of a table under MEASURED."""
        return [f"{self.seconds:.2f}", f"{self.processor_seconds:.2f}", f"{self.peak_mb:.0f}"]


def _tree(process: psutil.Process) -> list[psutil.Process]:
    import psutil

    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _memory(process: psutil.Process) -> float:
    import psutil

    try:
        used = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return getattr(used, "pss", used.uss) / 1e6


def _processor(processes: Iterable[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


class _Watcher(threading.Thread):
    """Looks now and then at the memory of processes and of those that they started."""

    def __init__(self, processes: Sequence[psutil.Process]) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self._processes = processes
        self._ended = threading.Event()

    def run(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            looking = time.perf_counter()
            self.peak_mb = max(
                self.peak_mb,
                sum(_memory(each) for process in self._processes for each in _tree(process)),
            )
            # Looking at a large process costs it something: at most a twentieth of the time.
            pause = max(0.05, 20 * (time.perf_counter() - looking))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def measure(command: Sequence[str | Path], also: Sequence[psutil.Process] = ()) -> Run:
    """Run a command and measure it.

    Parameters
    ----------
    command
        With its arguments.
    also
        Processes that work for it and are there already, such as the workers of a cluster.

    Raises
    ------
    SystemExit
        When the command fails, with what it wrote on its standard error.
    """
    import psutil

    before = _processor(also)
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], stdout=said, stderr=complaints, text=True
        )
        watcher = _Watcher([psutil.Process(process.pid), *also])
        watcher.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # interrupted: nothing goes on unseen
            process.terminate()
            raise
        finally:
            seconds = time.perf_counter() - started
            watcher.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (said, complaints):
            file.seek(0)
        if process.returncode:
            raise SystemExit(
                f"{complaints.read()}{' '.join(map(str, command))}\nended with exit status {process.returncode}"
            )
        return Run(
            seconds,
            usage.ru_utime + usage.ru_stime + _processor(also) - before,
            watcher.peak_mb,
            said.read(),
        )


def in_turn(jobs: Mapping[str, Callable[[], Run]], repeat: int) -> dict[str, list[Run]]:
    """Do all jobs once, then all again, so that a machine that slows down slows all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in jobs}
    for _ in range(repeat):
        for name, job in jobs.items():
            runs[name].append(job())
    return runs


def median(runs: Sequence[Run]) -> Run:
    """Return the medians of several runs, with what the last one printed."""
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.processor_seconds for run in runs),
        statistics.median(run.peak_mb for run in runs),
        runs[-1].output,
    )


def paired_ratio(ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    """Return how many times as long the others took: the median over the turns."""
    return statistics.median(
        other.seconds / own.seconds for own, other in zip(ours, theirs, strict=True)
    )


@dataclass(frozen=True)
class Goal:
    """What was to be reached, and what was."""

    what: str
    goal: str
    measured: str
    met: bool


class Report:
    """What was measured, in Markdown, printed as it comes, and how that compares with what was to be reached."""

    def __init__(self, about: str) -> None:
        self.parts: list[str] = []
        self._goals: list[Goal] = []
        self._say(about)

    def add(self, title: str, *texts: str) -> None:
        """Add a part."""
        self._say("\n\n".join([f"### {title}", *texts]))

    def goal(self, what: str, goal: str, measured: str, met: bool) -> None:
        """Add a line to the table of goals, which comes at the end."""
        self._goals.append(Goal(what, goal, measured, met))

    def end(self) -> None:
        """Add the table of goals."""
        rows = [
            [goal.what, goal.goal, goal.measured, "yes" if goal.met else "**no**"]
            for goal in self._goals
        ]
        self.add("Goals", table(["", "goal", "measured", "reached"], rows))

    def _say(self, part: str) -> None:
        print(f"{part}\n", flush=True)
        self.parts.append(part)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown; all but the first column are aligned to the right."""
    lines = [header, ["---", *(["---:"] * (len(header) - 1))], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def megabytes(folder: Path) -> float:
    """Return the size of all files in a folder. [MB]"""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def machine() -> str:
    """Return a line about the machine and one about the software."""
    import psutil
    import pyogrio
    import shapely

    models = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    model = (
        models[0].split(":", 1)[1].strip() if models else platform.processor() or platform.machine()
    )
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(
        f"{name} {version(name)}"
        for name in ("flexruimte", "numpy", "pandas", "geopandas", "shapely", "pyogrio", "rasterio")
    )
    return (
        f"{model}, {os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()} {platform.release()}\n\n"
        f"Python {platform.python_version()}, {packages}, GEOS {shapely.geos_version_string}, "
        f"GDAL {'.'.join(map(str, pyogrio.__gdal_version__))}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).is_file() else []
