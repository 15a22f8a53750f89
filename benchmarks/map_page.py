"""The map of a run in a real browser: first paint, size, and ranking anew when a weight moves.

python benchmarks/map_page.py [--out OUT]

Needs Chromium (Debian: apt-get install chromium) and the package playwright, which is in the extra `dev`.
"""

from __future__ import annotations

import argparse
import functools
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from timing import FLEXRUIMTE, FOLDER, Report, machine, measure, table

MUNICIPALITIES = 342
LOCATIONS = 20_000

# As long as the browser shows nothing, there is no entry.
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint').map(each => each.startTime)"
READY = "html[data-ready]"

# The heads of the municipalities of the run, again and again under other codes.
COUNTRY = f"""
const {{ describe }} = flexruimte;
flexruimte.describe = run => describe({{ ...run, municipalities: Array.from({{ length: {MUNICIPALITIES} }}, (_, at) => {{
  const head = run.municipalities[at % run.municipalities.length];
  return at < run.municipalities.length ? head : {{ ...head, code: `GM${{at}}`, name: `${{head.name}} ${{at}}` }};
}}) }});
"""

# The locations of one municipality, again and again, until there are enough; then one weight moves.
RANKED_ANEW = """
([code, wanted]) => {
  const { data } = flexruimte.loaded.get(code), times = Math.ceil(wanted / data.locations.id.length), count = data.locations.id.length;
  const again = list => Array.from({ length: times }, () => list).flat();
  const columns = some => Object.fromEntries(Object.entries(some).map(([name, values]) => [name, Array.isArray(values) ? again(values) : values]));
  const moved = positions => Array.from({ length: times }, (_, at) => positions.map(each => each + at * count)).flat();
  const larger = { ...data, locations: columns(data.locations), exact: columns(data.exact), findings: { ...data.findings, ...columns({ count: data.findings.count, rule: data.findings.rule, verdict: data.findings.verdict }) },
    lifted: moved(data.lifted), beside: Object.fromEntries(Object.entries(data.beside).map(([name, [ones, others]]) => [name, [moved(ones), moved(others)]])) };
  larger.locations.id = larger.locations.id.map((id, at) => `${id}.${Math.floor(at / count)}`);
  const ready = flexruimteScoring.prepared(larger), [theme, share] = data.model.score[0], took = [];
  for (let at = 1; at <= 11; at += 1) {
    const start = performance.now();
    flexruimteScoring.judged(ready, { score: { [theme]: share + at }, groups: {}, target: null, off: [] });
    took.push(performance.now() - start);
  }
  return [larger.locations.id.length, took];
}
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of the loopback address, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def opened(browser: Any, address: str, country: bool) -> tuple[Any, float, float]:
    """Return the page in a browser that has never seen it, when it painted first, and when all was drawn. [ms]"""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    if country:
        page.route(
            "**/data/run.js",
            lambda route: route.fulfill(body=COUNTRY + route.fetch().text()),
        )
    page.goto(f"{address}/index.html")
    page.wait_for_selector(READY, state="attached", timeout=120_000)
    ready = page.evaluate("performance.now()")
    return page, page.evaluate(FIRST_PAINT)[0], ready


def add_measurements(report: Report, out: Path, repeat: int) -> None:
    """Measure the map of a run, and add it to the report."""
    from playwright.sync_api import sync_playwright

    installed = shutil.which("chromium") or shutil.which("google-chrome")
    folder = out / "map"
    own = [folder / "index.html", *(folder / "assets").iterdir()]
    megabytes = sum(file.stat().st_size for file in own) / 1e6
    rows = []
    with served(folder) as address, sync_playwright() as driver:
        switches = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        browser = driver.chromium.launch(executable_path=installed, args=switches)
        for name, country, goal in (
            ("the sample", False, 1_000),
            (f"{MUNICIPALITIES} municipalities", True, 3_000),
        ):
            paints, readies = [], []
            for _ in range(repeat):
                page, paint, ready = opened(browser, address, country)
                paints.append(paint)
                readies.append(ready)
                if country:
                    page.context.close()
            paint, ready = statistics.median(paints), statistics.median(readies)
            rows.append([name, f"{paint:.0f}", f"{ready:.0f}"])
            within = f"{paint / 1000:.2f} s"
            report.goal(f"map of {name}, first paint", f"{goal / 1000:g} s", within, paint < goal)
            if not country:
                code = page.evaluate("flexruimte.places()[0].town.head.code")
                locations, took = page.evaluate(RANKED_ANEW, [code, LOCATIONS])
        browser.close()
    anew = statistics.median(took)
    report.add(
        "The map",
        "Chromium without a graphics card, from a web server on this machine, with nothing in its cache.",
        table(["", "first paint [ms]", "all drawn [ms]"], rows),
        f"{locations:,} locations scored and ranked anew after a move of a weight: {anew:.0f} ms (median of "
        f"{len(took)}, the slowest {max(took):.0f}). The page without data: {megabytes:.2f} MB.",
    )
    report.goal(f"map, {LOCATIONS:,} locations ranked anew", "200 ms", f"{anew:.0f} ms", anew < 200)
    report.goal("map without data", "1.5 MB", f"{megabytes:.2f} MB", megabytes < 1.5)


def sample(folder: Path) -> Path:
    """Return a run of the sample study, made if it is not there."""
    out = folder / "map_of_the_sample"
    if not (out / "map" / "index.html").is_file():
        measure([*FLEXRUIMTE, "demo", "--out", out])
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="a run with a map; the sample where it is absent")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    report = Report(machine())
    add_measurements(report, arguments.out or sample(FOLDER), arguments.repeat)
    report.end()


if __name__ == "__main__":
    main()
