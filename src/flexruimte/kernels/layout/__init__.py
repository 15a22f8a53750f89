"""Layouts of modules on polygons: rows along streets, the roads that join them, parking and green.

Rows are straight and parallel, and front a street. Streets come in three kinds, here seen across
from the bottom up, with half of the distance between backs behind each row::

    double     | yard | row | front | road | front | row | yard |
    row below  | yard | row | front | road |
    row above                       | road | front | row | yard |

`search` tries directions of the rows, `street_search` finds where the streets lie in one direction,
`segments` cuts streets into segments and finds room for links between them, `planner` chooses
links and takes away what the land cannot hold, `roads` works out the roads and paths, and `drawing`
brings the result back on the map.

Simplified: rows are parallel within a polygon and streets straight; the road ends where its street
meets the edge of the polygon, and the way from there to the public road is not part of it;
entrances count as reached in a straight line; parking, green and water are reserved as areas, not
drawn; daylight, fire spread between facades, sun, privacy and soil are in the distances that the
caller chooses or nowhere. Where only a narrow passage is left between two parts of a polygon that
no road gets through, the larger layout counts.

Every rectangle does lie where it may. That no better layout exists is not sure: directions and
positions are searched in steps, and where rows along the long side hold as many homes as there
would be land for along one street, other directions are not tried.
"""

from flexruimte.kernels.layout.cache import LayoutCache
from flexruimte.kernels.layout.layouts import OF_STACKS, Layouts, take_layouts, without_drawings
from flexruimte.kernels.layout.parameters import LayoutParameters
from flexruimte.kernels.layout.search import lay_out

__all__ = [
    "OF_STACKS",
    "LayoutCache",
    "LayoutParameters",
    "Layouts",
    "lay_out",
    "take_layouts",
    "without_drawings",
]
