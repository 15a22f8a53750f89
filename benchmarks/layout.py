"""How long layouts take: invented buildable parts of 0.2 to 5 ha, with corners, holes and necks.

python benchmarks/layout.py --parts 1000
"""

from __future__ import annotations

import argparse
import platform
import time
from dataclasses import fields

import numpy as np
import shapely

from flexruimte.kernels.layout import LayoutParameters, lay_out
from flexruimte.rules.files import load_ruleset


def parts(count: int, seed: int) -> np.ndarray:
    """Return polygons: rectangles, turned, with a bite out of a corner, and now and then a hole."""
    random = np.random.default_rng(seed)
    area = np.exp(random.uniform(np.log(2_000), np.log(50_000), count))
    ratio = random.uniform(1, 4, count)
    shapes = shapely.box(0, 0, np.sqrt(area * ratio), np.sqrt(area / ratio))
    width, height = shapely.bounds(shapes)[:, 2:].T
    bites = shapely.box(
        width * random.uniform(0.4, 0.9, count),
        height * random.uniform(0.3, 0.9, count),
        width + 1,
        height + 1,
    )
    holes = shapely.buffer(
        shapely.points(width * 0.3, height * 0.5),
        np.where(random.random(count) < 0.3, np.minimum(width, height) * 0.1, 0),
    )
    shapes = shapely.difference(shapely.difference(shapes, bites), holes)
    angle = random.uniform(0, np.pi, count)
    turns = np.stack(
        [
            np.stack([np.cos(angle), np.sin(angle)], axis=1),
            np.stack([-np.sin(angle), np.cos(angle)], axis=1),
        ],
        axis=1,
    )
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    return np.asarray(
        shapely.set_coordinates(shapes, np.einsum("ij,ijk->ik", coordinates, turns[owner]))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    ruleset = load_ruleset("flexwonen-nl")
    parameters = LayoutParameters(
        **{field.name: ruleset.value(field.name) for field in fields(LayoutParameters)}
    )
    shapes = parts(arguments.parts, arguments.seed)
    started, processor = time.perf_counter(), time.process_time()
    layouts = lay_out(shapes, parameters)
    seconds, worked = time.perf_counter() - started, time.process_time() - processor
    print(f"{platform.machine()}, Python {platform.python_version()}")
    time_taken = f"{seconds:.1f} s, of which {worked:.1f} s of CPU"
    print(f"{len(shapes)} parts, {layouts.homes.sum()} homes: {time_taken}")


if __name__ == "__main__":
    main()
