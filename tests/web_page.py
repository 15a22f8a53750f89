"""The page of a run: its sums in Node, and as a whole in a headless Chromium that Playwright drives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import flexruimte

PAGE = Path(flexruimte.__file__).parent / "views" / "web" / "page"
AXE = Path(__file__).parents[1] / ".cache" / "js" / "node_modules" / "axe-core" / "axe.min.js"

# Scores every list of choices with the data of one municipality, as the page does.
SCORES = """
const fs = require("fs"), scoring = require(process.argv[1]);
let data;
globalThis.flexruimte = { municipality: (code, found) => { data = found; } };
eval(fs.readFileSync(process.argv[2], "utf8"));
const ready = scoring.prepared(data);
const plain = column => Array.from(column, value => (Number.isNaN(value) ? null : value));
process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(choices => {
  const { keptOutBy, ...found } = scoring.judged(ready, choices);
  return { sites_may_differ: scoring.sitesMayDiffer(ready, choices), parcel_id: data.locations.id, kept_out_by: data.locations.id.map((_, at) => keptOutBy(at)),
    ...Object.fromEntries(Object.entries(found).map(([name, column]) => [name, plain(column)])) };
})));
"""

# What the page makes of a state, or of a link, without a page around it.
STATE = """
const page = require(process.argv[1]);
const { action, values } = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(page[action](...values)));
"""


def in_node(program: str, *arguments: str | Path, given: Any) -> Any:
    """What a program in JavaScript makes of JSON; skips the test where there is no Node."""
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        pytest.skip("no Node here; on Debian: apt-get install nodejs")
    done = subprocess.run(
        [node, "-e", program, *map(str, arguments)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def scored(data: Path, choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Scores and ranks by the page's own sums, for each of some choices."""
    found: list[dict[str, Any]] = in_node(SCORES, PAGE / "scoring.js", data, given=choices)
    return found


def of_state(action: str, *values: Any) -> Any:
    return in_node(STATE, PAGE / "state.js", given={"action": action, "values": values})


def told(script: str) -> Any:
    """The argument of the call that a script of data is, the last one."""
    return json.loads("[" + script.split("(", 1)[1].rstrip().removesuffix(");") + "]")[-1]


@contextmanager
def chromium() -> Iterator[Any]:
    """Give a headless Chromium; skips the test where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", exc_type=ImportError)
    installed = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if installed is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    drawing = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
    sandbox = ("--no-sandbox", "--disable-dev-shm-usage") if os.geteuid() == 0 else ()
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=installed, args=[*drawing, *sandbox])
        try:
            yield browser
        finally:
            browser.close()


class Opened:
    """A page with what it asked for and complained of."""

    def __init__(self, browser: Any, address: str, **context: Any) -> None:
        settings = {"viewport": {"width": 1300, "height": 900}, "locale": "nl-NL", **context}
        self.page = browser.new_context(**settings).new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)

    def count(self) -> str:
        return str(self.page.inner_text("#count strong"))

    def listed(self) -> list[str]:
        ids: list[str] = self.page.locator("#list .id").all_inner_texts()
        return ids

    def settle(self) -> None:
        """Wait until what was asked for is shown."""
        self.page.wait_for_timeout(400)
