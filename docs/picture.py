"""The picture of the map in the README: `make picture` draws it from the results of `make demo`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from web_page import Opened, chromium

PICTURE = Path(__file__).parent / "images" / "map.png"
COLOURS = 96  # as many as keep it under 300 kB


def draw(out: Path) -> None:
    """Write the picture of one town with the panel of its third location."""
    with chromium() as browser:
        shown = Opened(
            browser,
            (out / "map" / "index.html").resolve().as_uri(),
            viewport={"width": 1280, "height": 760},
        )
        shown.page.select_option("#municipality", "GM9001")
        shown.settle()
        shown.page.locator("#list button").nth(2).click()
        shown.page.wait_for_timeout(3_000)
        taken = Image.open(io.BytesIO(shown.page.screenshot())).convert("RGB")
    PICTURE.parent.mkdir(exist_ok=True)
    taken.quantize(COLOURS).save(PICTURE, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
