"""What JupyterLab does to the tables that a cell shows, and whether they can still be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# The rules of JupyterLab 4's stylesheet for tables in what a cell shows: columns of one width, all to
# the right, in the middle of their rows, striped.
STYLE = """<style>
body { margin: 0; font: 13px/1.4 sans-serif; background: %s; color: %s }
.jp-RenderedHTMLCommon table { table-layout: fixed; margin-left: auto; margin-right: auto; margin-bottom: 1em; border-collapse: collapse; font-size: 13px }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr {
  vertical-align: middle; padding: 0.5em; white-space: normal; max-width: none; border: none }
.jp-RenderedHTMLCommon td, :not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon th, :not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon tr { text-align: right }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: #f5f5f5 }
</style>"""

# Of each cell: its text, how it is set, the colours, and how far its text sticks out of it.
_CELLS = """
[...document.querySelectorAll("th, td")].filter(cell => cell.offsetParent).map(cell => {
  const style = getComputedStyle(cell), row = getComputedStyle(cell.parentElement);
  const inside = document.createRange();
  inside.selectNodeContents(cell);
  const text = inside.getBoundingClientRect(), box = cell.getBoundingClientRect();
  return { tag: cell.tagName, text: cell.textContent.trim(), align: style.textAlign, above: style.verticalAlign,
    colours: [style.color, style.backgroundColor, row.backgroundColor], out: text.right - box.right };
})"""


def cells_in_jupyterlab(
    browser: Any,
    path: Path,
    html: str,
    *,
    width: int = 830,
    paper: str = "rgb(255, 255, 255)",
    ink: str = "rgb(0, 0, 0)",
) -> list[dict[str, Any]]:
    """Return what is seen of each cell of the tables in what a cell of a notebook shows.

    830 pixels is what a window of 1280 leaves for it beside JupyterLab's list of files.
    """
    path.write_text(
        f"<!doctype html><meta charset='utf-8'>{STYLE % (paper, ink)}"
        f"<div class='jp-RenderedHTMLCommon'>{html}</div>",
        encoding="utf-8",
    )
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(path.as_uri())
    found: list[dict[str, Any]] = page.evaluate(_CELLS)
    wide = "[document.documentElement, document.querySelector('.flexruimte')].map(part => part.scrollWidth)"
    assert max(page.evaluate(wide)) <= width  # nothing is to be looked for at the side
    return found


def assert_readable(cells: list[dict[str, Any]]) -> None:
    """Assert that no text lies over the next column, and that a heading stands over what it heads."""
    assert cells
    assert [cell for cell in cells if cell["out"] > 1] == []
    assert {cell["above"] for cell in cells} == {"top"}
