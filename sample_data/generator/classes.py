"""What a use of land is called in the national datasets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LandClass:
    """Codes of one use: CBS land use, TOP10NL terrain, BGT surface, crop, zoning."""

    cbs: int
    terrain: str
    bgt: str
    appearance: str
    crop: str | None
    zoning: str


def _c(
    cbs: int, terrain: str, bgt: str, appearance: str, zoning: str, crop: str | None = None
) -> LandClass:
    return LandClass(cbs, terrain, bgt, appearance, crop, zoning)


BUILT = "bebouwd gebied"
GREEN, BARE, ROAD, WATER = "begroeid", "onbegroeid", "weg", "water"

CLASSES = {
    "house": _c(20, BUILT, BARE, "erf", "wonen"),
    "oldhouse": _c(20, BUILT, BARE, "erf", "centrum"),
    "villa": _c(20, BUILT, BARE, "erf", "wonen"),
    "ribbon": _c(20, BUILT, BARE, "erf", "wonen"),
    "corporation": _c(20, BUILT, BARE, "open verharding", "wonen"),
    "flat": _c(20, BUILT, BARE, "open verharding", "wonen"),
    "street": _c(20, BUILT, ROAD, "rijbaan lokale weg", "wonen"),
    "shops": _c(21, BUILT, BARE, "open verharding", "centrum"),
    "market": _c(21, BUILT, BARE, "open verharding", "centrum"),
    "school": _c(22, BUILT, BARE, "open verharding", "maatschappelijk"),
    "church": _c(23, BUILT, BARE, "open verharding", "maatschappelijk"),
    "estate": _c(22, "grasland", GREEN, "grasland overig", "maatschappelijk"),
    "office": _c(24, BUILT, BARE, "gesloten verharding", "bedrijventerrein"),
    "business": _c(24, BUILT, BARE, "gesloten verharding", "bedrijventerrein"),
    "vacantlot": _c(34, "overig", GREEN, "grasland overig", "bedrijventerrein"),
    "buildingsite": _c(34, "overig", BARE, "zand", "wonen"),
    "gasworks": _c(35, "overig", BARE, "half verhard", "bedrijventerrein"),
    "fallow": _c(35, "overig", BARE, "onverhard", "centrum"),
    "parking": _c(35, BUILT, BARE, "half verhard", "verkeer"),
    "depot": _c(30, "grasland", GREEN, "grasland overig", "groen"),
    "cemetery": _c(32, "overig", GREEN, "groenvoorziening", "maatschappelijk"),
    # greens in a district are smaller than the smallest unit of the CBS map (1 ha)
    "green": _c(20, "grasland", GREEN, "groenvoorziening", "groen"),
    "belt": _c(40, "grasland", GREEN, "groenvoorziening", "groen"),
    "meadow": _c(53, "grasland", GREEN, "grasland overig", "agrarisch"),
    "verge": _c(40, "grasland", GREEN, "groenvoorziening", "verkeer"),
    "park": _c(40, "grasland", GREEN, "groenvoorziening", "groen"),
    "sport": _c(41, "grasland", GREEN, "grasland overig", "sport"),
    "allotment": _c(42, "overig", GREEN, "groenvoorziening", "recreatie"),
    "greenhouse": _c(50, "overig", BARE, "erf", "agrarisch"),
    "farmyard": _c(51, "overig", BARE, "erf", "agrarisch"),
    "arable": _c(52, "akkerland", GREEN, "bouwland", "agrarisch", "Bouwland"),
    "orchard": _c(52, "fruitkwekerij", GREEN, "fruitteelt", "agrarisch", "Bouwland"),
    "grass": _c(53, "grasland", GREEN, "grasland agrarisch", "agrarisch", "Grasland"),
    "floodplain": _c(63, "grasland", GREEN, "grasland agrarisch", "natuur", "Grasland"),
    "dike": _c(53, "grasland", GREEN, "grasland overig", "water"),
    "wood": _c(60, "bos: gemengd bos", GREEN, "gemengd bos", "bos"),
    "heath": _c(61, "heide", GREEN, "heide", "natuur"),
    "military": _c(60, "bos: gemengd bos", GREEN, "gemengd bos", "maatschappelijk"),
    "rail": _c(10, "spoorbaanlichaam", ROAD, "spoorbaan", "verkeer"),
    "motorway": _c(11, "overig", ROAD, "rijbaan autosnelweg", "verkeer"),
    "ramp": _c(11, "overig", ROAD, "rijbaan autosnelweg", "verkeer"),
    "regional": _c(11, "overig", ROAD, "rijbaan regionale weg", "verkeer"),
    "local": _c(11, "overig", ROAD, "rijbaan lokale weg", "verkeer"),
    "track": _c(51, "overig", ROAD, "rijbaan lokale weg", "verkeer"),
    "river": _c(72, "overig", WATER, "waterloop", "water"),
    "canal": _c(78, "overig", WATER, "waterloop", "water"),
    "wetering": _c(78, "overig", WATER, "waterloop", "water"),
}

UNBUILT = {
    "grass",
    "arable",
    "green",
    "meadow",
    "vacantlot",
    "fallow",
    "parking",
    "buildingsite",
    "depot",
    "gasworks",
    "estate",
    "park",
}
