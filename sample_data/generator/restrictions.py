"""Restrictions: nature, water, heritage, safety, energy, soil."""

import shapely
from shapely import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from . import landscape as land
from .parcels import Parcel
from .subdivision import polygons
from .surfaces import Layers, frame

VALID_FROM = "2023-04-01"


def _whole() -> BaseGeometry:
    """Give the three municipalities together, in the design plane."""
    return shapely.union_all(list(land.municipalities().values()))


def _rd(geometry: BaseGeometry) -> BaseGeometry:
    """Give a restriction in RD New, cut off at the outer border."""
    return land.to_rd(geometry.intersection(_whole().buffer(60)).simplify(0.4), 80)


def _multi_z(geometry: BaseGeometry, z: float) -> BaseGeometry:
    """Multipolygon with a height on every vertex, as the national file has."""
    return shapely.force_3d(MultiPolygon(polygons(geometry)), z)


def nature() -> Layers:
    """Natura 2000 and the nature network; the latter in degrees, as a trap."""
    floodplain = Polygon(
        [(-200, -400), *land.DIKE.offset_curve(-19).coords, (7000, 300), (7000, -500)]
    )
    natura = [
        (
            38,
            "Rijntakken bij Veldrecht",
            "VR+HR",
            "NL9000038",
            _multi_z(_rd(floodplain.intersection(box(-300, -600, 560, 900))), 1.5),
        ),
    ]
    settled = shapely.union_all(
        [r.line.buffer(26) for r in land.main_roads() if r.name == "Achterweg"]
    )
    polder = box(-300, 2040, 3480, 4200).difference(settled)
    meadow_birds = [
        polder,
        box(-300, 745, 1240, 1600).difference(box(380, 1180, 640, 1490)),
        box(2990, 690, 3370, 1480),
        box(3400, 2700, 4250, 4200),
        box(5150, 3000, 6300, 4200),
    ]
    corridor = Polygon([(3520, 620), (3640, 640), (3660, 1300), (3540, 1310)])
    wood = Polygon(
        [(6300, 2500), (7250, 2380), (9900, 2340), (9900, 4300), (6300, 4300)]
    ).difference(box(9010, 2480, 9760, 3180))
    rows = [
        (f"NL.NNN.{9000 + i}", text, _rd(g))
        for i, (text, g) in enumerate(
            [
                *[("weidevogelreservaat", b) for b in meadow_birds],
                ("ecologische verbindingszone", corridor),
                ("natuurnetwerk bos en heide", wood),
                ("uiterwaard", floodplain),
            ]
        )
    ]
    return {
        "natura2000": frame(natura, "nr", "naam_n2k", "beschermin", "sitecode_h"),
        "nnn": frame(rows, "localid", "text").to_crs(4326),
    }


def defence_and_heritage(parcels: list[Parcel]) -> Layers:
    """Military sites, monuments, townscapes and archaeology."""
    ground = box(9010, 2480, 9760, 3180)
    store = Point(9500, 2950)
    military = [
        ("NL.IMRO.0000.M01", "Militair terrein", _rd(ground)),
        ("NL.IMRO.0000.M02", "Munitieopslag A-zone", _rd(store.buffer(220, quad_segs=6))),
        ("NL.IMRO.0000.M03", "Munitieopslag B-zone", _rd(store.buffer(360, quad_segs=6))),
    ]
    old = [p for p in parcels if p.use == "oldhouse" and p.buildings][::9]
    named = [p for p in parcels if p.use in ("church", "estate") and p.buildings]
    farms = [p for p in parcels if p.use == "farmyard" and p.buildings][::14]
    monuments = [
        (
            530_000 + i,
            "Gebouwen, woonhuizen"
            if p.use == "oldhouse"
            else "Religieuze gebouwen"
            if p.use == "church"
            else "Boerderijen, molens en bedrijven",
            kind,
            p.buildings[0],
        )
        for i, (p, kind) in enumerate(
            [(p, "Woonhuis") for p in old]
            + [(p, "Kerk en landhuis") for p in named]
            + [(p, "Boerderij") for p in farms]
        )
    ]
    views = [
        ("ST-9001", "Oudermeer", "rijksbeschermd", _rd(land.old_town().buffer(34))),
        (
            "ST-9002",
            "Lekdijk Veldrecht",
            "rijksbeschermd",
            _rd(land.DIKE.buffer(135, cap_style="flat").intersection(box(1000, 0, 2760, 1200))),
        ),
        (
            "ST-9003",
            "Dorpsstraat Zandhoven",
            "aangewezen door gemeente",
            _rd(box(7230, 1150, 7330, 1880)),
        ),
    ]
    finds = [
        (15_001, "Terrein van hoge archeologische waarde", _rd(land.old_town())),
        (
            15_002,
            "Terrein van zeer hoge archeologische waarde, beschermd",
            _rd(Point(6980, 820).buffer(95, quad_segs=4)),
        ),
        (15_003, "Terrein van archeologische waarde", _rd(box(2150, 560, 2420, 720))),
    ]
    return {
        "militair_terrein": frame(military, "identificatie", "naam"),
        "rijksmonumenten": frame(monuments, "rijksmonum", "hoofdcateg", "subcategor"),
        "stadsgezichten": frame(views, "identificatie", "naam", "jurstatus"),
        "amk": frame(finds, "monumentnr", "waarde"),
    }


def safety_and_energy() -> Layers:
    """External safety, pipelines, power lines, and the airport layer without an airport."""
    pump, depot, cold = Point(8700, 1470), Point(4960, 3130), Point(2560, 1330)

    def zone(kind: str, *rows: tuple[str, Point, float]) -> list[tuple[object, ...]]:
        return [
            (f"NL.REV.{kind}.{i:04d}", name, VALID_FROM, _rd(at.buffer(r, quad_segs=8)))
            for i, (name, at, r) in enumerate(rows, 1)
        ]

    columns = ("identificatie", "bedrijfsnaam", "begin_geldigheid")
    power = [
        ("KV-150-1", "Lienden - Zandhoven", "150 kV", "2 x 80 meter", _rd(land.POWER_LINE)),
        ("KV-50-2", "aftakking Zandhoven zuid", "50 kV", None, _rd(land.POWER_BRANCH)),
    ]
    return {
        "rev_pr10_6": frame(
            zone("PR", ("Tankstation Knooppunt", pump, 45), ("Chemie Haven BV", depot, 130)),
            *columns,
        ),
        "rev_brand": frame(
            zone("BR", ("Tankstation Knooppunt", pump, 60), ("Chemie Haven BV", depot, 150)),
            *columns,
        ),
        "rev_explosie": frame(zone("EX", ("Tankstation Knooppunt", pump, 160)), *columns),
        "rev_gifwolk": frame(
            zone("GI", ("Chemie Haven BV", depot, 330), ("Koelhuis Veldrecht", cold, 240)), *columns
        ),
        "buisleidingen": frame(
            [
                ("BL-W-501", "aardgas", 6620.0, _rd(land.GAS_PIPE)),
                ("BL-D-017", "brandbare vloeistof", None, _rd(land.FUEL_PIPE)),
            ],
            "identificatie",
            "stof",
            "druk_kpa",
        ),
        "rivm_netkaart": frame(power, "id", "naam_fe", "spanning__", "rekenafs_1"),
        "lib_luchtvaart": frame([("LIB-0", 1, box(0, 0, 1, 1))], "identificatie", "zone").iloc[:0],
    }


def water_and_soil(parcels: list[Parcel]) -> Layers:
    """Dikes, groundwater protection, soil maps and decisions on polluted soil."""
    wells, polder_wells = Point(7000, 3050), Point(860, 2330)
    protection = [
        ("GWB-1", "waterwingebied", _rd(wells.buffer(190, quad_segs=5))),
        ("GWB-2", "grondwaterbeschermingsgebied", _rd(wells.buffer(640, quad_segs=5))),
        ("GWB-3", "waterwingebied", _rd(polder_wells.buffer(430, quad_segs=5))),
        ("GWB-4", "grondwaterbeschermingsgebied", _rd(polder_wells.buffer(760, quad_segs=5))),
        ("GWB-5", "boringsvrije zone", _rd(box(6470, 900, 7100, 2300))),
    ]
    dikes = [
        ("K-P-1", "Lekdijk", "primair", _rd(land.DIKE)),
        ("K-R-1", "Vaartkade", "regionaal", _rd(land.CANAL.offset_curve(22).simplify(2))),
        ("K-O-1", "Wetering noord", "overig", _rd(land.WETERINGEN[1])),
    ]
    whole = _whole()
    soils = [
        ("BF-1", 1005, box(-300, 1800, 3400, 4300)),
        ("BF-2", 2003, box(-300, 1520, 3400, 1800)),
        ("BF-9", 4004, box(-300, 1100, 3400, 1520)),
        ("BF-3", 4011, box(-300, -700, 6500, 1100)),
        ("BF-4", 4003, box(3400, 1100, 6500, 2450)),
        ("BF-5", 2001, box(3400, 2450, 5600, 4300)),
        ("BF-6", 3010, box(5600, 2450, 7300, 4300)),
        ("BF-7", 3004, box(6500, -700, 10100, 2450)),
        ("BF-8", 3001, box(7300, 2450, 10100, 4300)),
    ]
    grid = [
        ("Veldrecht", 3, land.municipalities()["GM9002"]),
        (
            "Oudermeer west",
            2,
            land.municipalities()["GM9001"].intersection(box(3000, -700, 4700, 4500)),
        ),
        (
            "Oudermeer oost",
            0,
            land.municipalities()["GM9001"].intersection(box(4700, -700, 6900, 4500)),
        ),
        (
            "Zandhoven west",
            0,
            land.municipalities()["GM9003"].intersection(box(6000, -500, 7900, 4500)),
        ),
        (
            "Zandhoven oost",
            1,
            land.municipalities()["GM9003"].intersection(box(7900, -500, 10500, 4500)),
        ),
    ]
    polluted = [p for p in parcels if p.use in ("gasworks", "depot")]
    names = {"gasworks": "Voormalige gasfabriek", "depot": "Voormalige stortplaats Kampzicht"}
    return {
        "waterkering": frame(dikes, "id", "naam", "categorie"),
        "grondwaterbescherming": frame(protection, "id", "type"),
        "bofek": frame(
            [(i, c, land.to_rd(a.intersection(whole), 80)) for i, c, a in soils], "id", "bofek2020"
        ),
        "bro_sld": frame(
            [(f"SLD0000000{9001 + i}", names[p.use], p.area) for i, p in enumerate(polluted)],
            "bro_id",
            "naam",
        ),
        "netcongestie_afname": frame(
            [(n, c, land.to_rd(a, 80)) for n, c, a in grid], "voedingsgebied_naam", "afname"
        ),
    }


def business_and_livestock(parcels: list[Parcel]) -> Layers:
    """Give business parks (IBIS) and livestock holdings."""
    parks = {z.name: z for z in land.zones() if z.style in ("business", "smallbusiness")}
    facts: dict[str, tuple[str, str | None]] = {
        "Havenkwartier": ("UT9001", "4.2"),
        "Handelspark": ("UT9003", "2"),
        "Griend": ("UT9002", None),
    }
    rows: list[tuple[object, ...]] = []
    for name, (rin, category) in facts.items():
        lots = [p for p in parcels if p.zone == name and p.use in ("business", "vacantlot")]
        net = sum(p.area.area for p in lots) / 1e4
        vacant = sum(p.area.area for p in lots if p.use == "vacantlot") / 1e4
        rows.append(
            (
                rin,
                name,
                "bedrijventerrein",
                category,
                round(net, 2),
                round(net - vacant - 0.5, 2),
                0.5,
                "nee",
                _rd(parks[name].area),
            )
        )
    yards = [p for p in parcels if p.use == "farmyard"]
    kinds = ["melkvee", "pluimvee", "varkens", "melkvee", "schapen"]
    animals = [
        (
            f"VH-{i:03d}",
            kinds[i % 5],
            "ja" if kinds[i % 5] in ("pluimvee", "varkens") else "nee",
            p.area.representative_point(),
        )
        for i, p in enumerate(yards[::3])
    ]
    return {
        "ibis": frame(
            rows,
            "rin_nummer",
            "plan_naam",
            "werklocatie_type",
            "maximale_milieucategorie",
            "netto_oppervlakte",
            "uitgifte_voor_2022",
            "uitgifte_in_2022",
            "vol",
        ),
        "veehouderij": frame(animals, "id", "diercategorie", "met_emissiefactor"),
    }


def restrictions(parcels: list[Parcel]) -> Layers:
    """All layers of this kind."""
    return (
        nature()
        | defence_and_heritage(parcels)
        | safety_and_energy()
        | water_and_soil(parcels)
        | business_and_livestock(parcels)
    )
