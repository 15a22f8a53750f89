"""Rows of a PostgreSQL database, with shapes of PostGIS where there are any.

The server filters by window, with its spatial index, and by the study's `where`, and sends rows in
batches through a cursor of its own. GDAL can do this too, but the GDAL in pyogrio's package has no
driver for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS as ProjCRS

from flexruimte.errors import LayerError, SourceError, did_you_mean, enumerate_some
from flexruimte.evidence.sources.base import in_rd, projected, projected_extent
from flexruimte.evidence.sources.database_columns import (
    expression,
    joined,
    kind_of,
    literal,
    quoted,
    table_of,
)
from flexruimte.evidence.sources.errors import reading
from flexruimte.evidence.sources.layered import LayeredSource, LayerInfo, renamed
from flexruimte.evidence.sources.parquet import touching
from flexruimte.evidence.sources.postgres import Database
from flexruimte.evidence.sources.protocol import Window
from flexruimte.vocabulary import CRS, Geometries

if TYPE_CHECKING:
    from flexruimte.evidence.sources.postgres import Connection

__all__ = ["DatabaseSource"]

_BATCH: Final = 5_000
"""Rows that the server sends at a time."""
_COUNTED: Final = 1_000_000
"""Rows of a table with more than this are not counted one by one, nor its bounds worked out."""
_STEP_DEGREES: Final = 4.0
"""Angle of the pieces in which an arc is made straight, as GDAL does."""
_SHAPES: Final = ("geometry", "geography")
_TABLES: Final = """
    SELECT c.oid::int8, n.nspname::text, c.relname::text, pg_table_is_visible(c.oid),
        c.relkind IN ('r', 'p', 'm'), c.reltuples::float8,
        EXISTS (SELECT 1 FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
                WHERE a.attrelid = c.oid AND t.typname IN ('geometry', 'geography')),
        (SELECT min(a.attname::text) FROM pg_index AS i
         JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
         WHERE i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname <> 'information_schema'
        AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (
            SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 2, 3
"""
"""Tables and views that are nobody's but the user's: not the server's, nor an extension's."""
_REFERENCE: Final = """
    SELECT CASE WHEN auth_name IS NULL THEN srtext ELSE auth_name || ':' || auth_srid END
    FROM spatial_ref_sys WHERE srid = %b
"""


@dataclass(frozen=True)
class _Relation:
    """A table or view of a database, or the rows of a query, as it stands behind FROM."""

    rows: str
    """What follows FROM."""
    types: dict[str, str]
    """Type by column; a column of shapes is not among them."""
    shapes: str | None = None
    """The column of shapes; None where there is none."""
    srid: int = 0
    """What the column of shapes says of its coordinates; 0 is nothing."""
    curved: bool = False
    """Whether the column of shapes is declared to hold curves."""
    key: str | None = None
    """The column that is the primary key; None where that is none, or several."""
    table: tuple[str, str] | None = None
    """Schema and name of a table with statistics; None for views and queries."""
    estimate: float = -1.0
    """Rows that the server thinks there are; below 0 where it does not know."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What was asked of it already."""


@dataclass(frozen=True)
class DatabaseSource(LayeredSource):
    """Tables or views of a PostgreSQL database, or the rows of a query."""

    holds = "read from a database"
    ignores = ("encoding", "decimal", "band", "nodata", "valid", "open_options", "sha256")

    @property
    def label(self) -> str:
        """How messages call this source: the key, the database, and the table in it."""
        return super().label.removesuffix(")") + " query)" if self.settings.query else super().label

    @property
    def _database(self) -> Database:
        return cast("Database", self.address)

    def file_version(self) -> tuple[Any, ...] | None:
        """Return where the server's log of changes is: as long as it is there, nothing changed."""
        stamp = self._database.stamp()
        return (self.address.path, *stamp) if isinstance(stamp, list) else None

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Open a connection; what the server says of a question becomes an error of this library.

        Raises
        ------
        SourceError
            With what the server said, and the remedy.
        """
        with reading(self.label, self.address), self._database.connected(self.label) as connection:
            from psycopg import DataError, ProgrammingError
            from psycopg.errors import (
                InsufficientPrivilege,
                ObjectNotInPrerequisiteState,
                QueryCanceled,
            )

            asked = "'query'" if self.settings.query else "'where', 'layer' or 'fields'"
            remedies: list[tuple[type[Exception], str]] = [
                (
                    InsufficientPrivilege,
                    "let this account read it (GRANT SELECT), or ask with another (PGUSER)",
                ),
                (
                    QueryCanceled,
                    "let questions of this account take longer there (statement_timeout), "
                    "or make an index on the shapes",
                ),
                (ObjectNotInPrerequisiteState, "fill it there (REFRESH MATERIALIZED VIEW)"),
                (DataError, f"correct {asked} in the study"),
                (ProgrammingError, f"correct {asked} in the study"),
                (
                    shapely.GEOSException,
                    "make points, lines or areas of such shapes with query = ..., or leave them "
                    "out with where = ...",
                ),
            ]
            try:
                yield connection
            except tuple(kind for kind, _ in remedies) as error:
                said = str(error).strip().partition("\n")[0]
                remedy = next(text for kind, text in remedies if isinstance(error, kind))
                raise SourceError(f"{self.label} cannot be read: {said}; {remedy}") from error

    @cached_property
    def _relations(self) -> list[_Relation]:
        with self._connected() as connection:
            if self.settings.query is not None:
                query = literal(self.settings.query.strip().rstrip(";"))
                # A line of comment at its end does not reach the bracket.
                return [self._described(connection, _Relation(f"({query}\n) AS rows_", {}))]
            return [self._of_table(connection, layer) for layer in self._file_layers]

    def _of_table(self, connection: Connection, layer: str | None) -> _Relation:
        found = connection.execute(_TABLES).fetchall()
        names = [f"{schema}.{name}" for _, schema, name, *_ in found]
        if layer is None:
            located = [row for row in found if row[6]] or found
            if len(located) != 1:
                some = enumerate_some([f"{row[1]}.{row[2]}" for row in located], 20) or "no table"
                raise SourceError(
                    f'{self.label} is a database with {some}; name a table with layer = "...", '
                    'or give query = "SELECT ..."'
                )
            chosen = located[0]
        else:
            fit = [row for row, name in zip(found, names, strict=True) if name == layer]
            fit += [row for row in found if row[2] == layer and row[3]]
            if not fit:
                near = [*names, *(row[2] for row in found if row[3])]
                raise SourceError(
                    f"{self.label} has no table '{layer}' that this account may see; "
                    f"{did_you_mean(layer, near)}"
                )
            chosen = fit[0]
        _, schema, name, _, has_statistics, estimate, _, key = chosen
        return self._described(
            connection,
            _Relation(
                rows=f"{quoted(schema)}.{quoted(name)}",
                types={},
                key=key,
                table=(schema, name) if has_statistics else None,
                estimate=estimate,
            ),
        )

    def _described(self, connection: Connection, bare: _Relation) -> _Relation:
        """Return a relation with what its columns are.

        Raises
        ------
        SourceError
            When it has several columns of shapes, or one of a kind that is not read.
        """
        cursor = _asked(connection, f"SELECT * FROM {bare.rows} LIMIT 0")
        result = cursor.pgresult
        names = [column.name for column in cursor.description or ()]
        codes = [column.type_code for column in cursor.description or ()]
        declared = [result.fmod(position) if result else -1 for position in range(len(names))]
        if len(set(names)) < len(names):
            double = sorted({name for name in names if names.count(name) > 1})
            raise SourceError(
                f"{self.label} has more than one column '{enumerate_some(double)}'; "
                "give each its own name in the query, with AS"
            )
        known = dict(
            _asked(
                connection,
                "SELECT oid::int8, typname::text FROM pg_type WHERE oid::int8 = ANY(%b)",
                [codes],
            ).fetchall()
        )
        types = {
            name: kind_of(str(known.get(code)), modifier)
            for name, code, modifier in zip(names, codes, declared, strict=True)
        }
        located = [name for name, kind in types.items() if kind in _SHAPES]
        if not located:
            return _Relation(bare.rows, types, None, 0, False, bare.key, bare.table, bare.estimate)
        if len(located) > 1:
            raise SourceError(
                f"{self.label} has several columns of shapes: {', '.join(located)}; choose one "
                f'with query = "SELECT ..., {located[0]} FROM ..."'
            )
        shapes, modifier = located[0], declared[names.index(located[0])]
        if types[shapes] == "geography":
            raise SourceError(
                f"{self.label} has its shapes as geography in column '{shapes}'; give them as "
                f'geometry, with query = "SELECT ..., {shapes}::geometry FROM ..."'
            )
        declared_srid, kind = cast(
            "tuple[int, str]",
            _asked(
                connection,
                "SELECT postgis_typmod_srid(%b::int4), postgis_typmod_type(%b::int4)",
                [modifier, modifier],
            ).fetchone(),
        )
        srid = declared_srid if declared_srid > 0 else self._srid_of_rows(connection, bare, shapes)
        curved = kind.upper().startswith(("CURVE", "MULTICURVE", "MULTISURFACE", "CIRC", "COMPO"))
        own = {name: kind for name, kind in types.items() if name != shapes}
        return _Relation(bare.rows, own, shapes, srid, curved, bare.key, bare.table, bare.estimate)

    def _srid_of_rows(self, connection: Connection, bare: _Relation, shapes: str) -> int:
        """Return what the rows say of the coordinates of a column that may hold any.

        A million of them are looked at: a window of one system never meets what is in another.
        """
        column = quoted(shapes)
        found = _asked(
            connection,
            f"SELECT DISTINCT ST_SRID(shape_) FROM (SELECT {column} AS shape_ FROM {bare.rows}"
            f"{self._condition(bare, f'{column} IS NOT NULL')} LIMIT {_COUNTED}) AS some_ "
            "ORDER BY 1 DESC",
        ).fetchall()
        srids = [srid for (srid,) in found]
        if len(srids) > 1 and not self.settings.crs:
            raise LayerError(
                f"{self.label} has shapes in more than one coordinate reference system: SRID "
                f"{enumerate_some(srids)}; bring them into one, with query = "
                f'"SELECT ..., ST_Transform({shapes}, 28992) AS ..."'
            )
        return srids[0] if srids else 0

    def _info(self, layer: str | None) -> LayerInfo:
        relation = self._relations[self._file_layers.index(layer)]
        crs = None
        if relation.srid > 0 and not self.settings.crs:
            with self._connected() as connection:
                found = _asked(connection, _REFERENCE, [relation.srid]).fetchone()
            crs = found[0] if found else f"SRID {relation.srid}"
        return {"fields": list(relation.types), "geometry_type": relation.shapes, "crs": crs}

    def _condition(self, relation: _Relation, *others: str) -> str:
        """Return what follows the rows in a question: the study's filter, with other conditions."""
        where = [f"({literal(self.settings.where)}\n)"] if self.settings.where else []
        conditions = [*where, *others]
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _number(self, relation: _Relation, name: str, question: str) -> int:
        """Return a number that the server counts, asked once."""
        if name not in relation.kept:
            with self._connected() as connection:
                found = _asked(connection, question).fetchone()
            relation.kept[name] = int(found[0]) if found else 0
        return int(relation.kept[name])

    def _rows_in(self, relation: _Relation) -> int:
        counted = self._number(
            relation,
            "rows",
            f"SELECT count(*) FROM (SELECT 1 FROM {relation.rows} LIMIT {_COUNTED + 1}) AS some_",
        )
        return counted if counted <= _COUNTED else max(counted, round(relation.estimate))

    @property
    def feature_count(self) -> int:
        """Number of rows, before any filter.

        Of a table with more than a million it is what the server thinks, of a view or query then
        one more than a million.
        """
        return sum(self._rows_in(relation) for relation in self._relations)

    def count_without_geometry(self) -> int:
        """Return how many rows that the study's filter keeps have no geometry.

        Of what has more than a million rows that is not asked, and 0.
        """
        return sum(
            self._number(
                relation,
                "without geometry",
                f"SELECT count(*) FROM {relation.rows}"
                f"{self._condition(relation, f'{quoted(relation.shapes)} IS NULL')}",
            )
            for relation in self._relations
            if relation.shapes and self._rows_in(relation) <= _COUNTED
        )

    @property
    def curve_count(self) -> int:
        """How many rows there are of columns that are declared to hold curves."""
        return sum(self._rows_in(relation) for relation in self._relations if relation.curved)

    @cached_property
    def extent(self) -> Window | None:
        """Bounds of all features that the study's filter keeps, in RD New; None without any.

        Of a table with more than a million rows it is what the server thinks.
        """
        found = []
        for relation, crs in zip(self._relations, self._crs_of_layers, strict=True):
            if relation.shapes:
                bounds = np.array([self._bounds(relation)], dtype=np.float64)
                found.append(projected_extent(bounds, crs, self.label))
        known = np.array([extent for extent in found if extent is not None])
        return projected_extent(known, ProjCRS(CRS), self.label) if len(known) else None

    def _bounds(self, relation: _Relation) -> tuple[float | None, ...]:
        column = quoted(relation.shapes)
        whole = f"SELECT ST_Extent({column}) AS box FROM {relation.rows}{self._condition(relation)}"
        parts = "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM ({}) AS box_"
        with self._connected() as connection:
            if relation.table is not None and self._rows_in(relation) > _COUNTED:
                thought: tuple[float | None, ...] = _asked(
                    connection,
                    parts.format("SELECT ST_EstimatedExtent(%b::text, %b::text, %b::text) AS box"),
                    [*relation.table, relation.shapes],
                ).fetchone()
                if thought and thought[0] is not None:
                    return thought
            found: tuple[float | None, ...] = _asked(connection, parts.format(whole)).fetchone()
            return found

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Read features that touch a window, in RD New.

        The index is the table's primary key, else a digest of the shape: rows have no numbers.

        Parameters
        ----------
        columns
            Columns to read, as the source calls them; they must exist.
        window
            Only features whose bounds touch it are read; None reads all.
        """
        crss = self._crs_of_layers
        parts = []
        with self._connected() as connection:
            for position, relation in enumerate(self._relations):
                if relation.shapes is None:
                    raise LayerError(f"{self.label} {self.no_shapes}")
                read = self._columns_in(position, columns)
                crs = crss[position]
                bbox = None if window is None else projected(window, ProjCRS(CRS), crs)
                frame = self._located_rows(connection, relation, list(read.values()), bbox)
                located = frame.set_crs(crs, allow_override=True)
                parts.append(in_rd(renamed(located, read, columns)[[*columns, "geometry"]], crs))
        return pd.concat(parts)

    def _located_rows(
        self,
        connection: Connection,
        relation: _Relation,
        columns: Sequence[str],
        bbox: Window | None,
    ) -> gpd.GeoDataFrame:
        """Return rows with shapes in the coordinates of the database."""
        column = quoted(relation.shapes)
        straight = (
            f"CASE WHEN ST_HasArc({column}) THEN "
            f"ST_CurveToLine({column}, radians({_STEP_DEGREES}), 2, 1) ELSE {column} END"
        )
        near = (
            []
            if bbox is None
            else [f"{column} && ST_MakeEnvelope(%b, %b, %b, %b, {relation.srid})"]
        )
        wanted = list(dict.fromkeys([*columns, *([relation.key] if relation.key else [])]))
        asked = [
            *(expression(name, relation.types[name]) for name in wanted),
            f"ST_AsBinary(ST_Force2D({straight}))",
        ]
        question = (
            f"SELECT {', '.join(asked)} FROM {relation.rows}{self._condition(relation, *near)}"
        )
        tables, shapes = [], []
        for batch in _batches(connection, question, list(map(float, bbox or ()))):
            *values, stored = batch
            tables.append(table_of(wanted, values, relation.types))
            with np.errstate(all="ignore"):  # of a vertex that is no number, which is seen to later
                shapes.append(shapely.from_wkb(np.array(stored, dtype=object)))
        found: Geometries = np.concatenate([np.empty(0, dtype=object), *shapes])
        rows = joined(tables, wanted, relation.types).to_pandas()
        frame = gpd.GeoDataFrame(rows[list(columns)], geometry=found)
        frame.index = pd.Index(
            rows[relation.key].array if relation.key in rows else _digests(found)
        )
        # PostGIS keeps bounds in fewer digits than coordinates, and finds what nearly touches.
        return frame.iloc[touching(found, bbox)]

    def read_table(self, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
        """Read rows without geometry; values are as they stand in the source."""
        parts = []
        with self._connected() as connection:
            for position, relation in enumerate(self._relations):
                read = self._columns_in(position, columns)
                own = list(dict.fromkeys(read.values()))
                asked = [expression(name, relation.types[name]) for name in own] or ["NULL"]
                question = (
                    f"SELECT {', '.join(asked)} FROM {relation.rows}{self._condition(relation)}"
                    f"{'' if most is None else f' LIMIT {int(most)}'}"
                )
                tables, count = [], 0
                for batch in _batches(connection, question, []):
                    count += len(batch[0])
                    tables.append(table_of(own, batch[: len(own)], relation.types))
                whole = joined(tables, own, relation.types)
                # Ids among which a null is stay whole numbers.
                frame = whole.to_pandas(integer_object_nulls=True)
                frame.index = pd.RangeIndex(count)
                parts.append(renamed(frame, read, columns))
        return pd.DataFrame(pd.concat(parts, ignore_index=True))[list(columns)]


def _asked(connection: Connection, question: str, values: Sequence[Any] | None = None) -> Any:
    """Ask one question; the protocol that is used takes no second one behind it."""
    cursor = connection.cursor(binary=True)
    return cursor.execute(question, values or [])


def _batches(
    connection: Connection, question: str, values: Sequence[float]
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows as columns, so many at a time; the server keeps the others."""
    with connection.cursor("rows_", binary=True) as cursor:
        cursor.itersize = _BATCH
        cursor.execute(question, list(values))
        while rows := cursor.fetchmany(_BATCH):
            yield list(zip(*rows, strict=True))


def _digests(shapes: Geometries) -> list[str]:
    """Return for each shape a short text that is the same in every window. (n,)"""
    hashed = pd.util.hash_array(shapely.to_wkb(shapes), categorize=False)
    return [f"{number:016x}"[:8] for number in hashed]
