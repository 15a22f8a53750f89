### A ranking in a notebook, maps, styles of QGIS and tables of rules

## Notebook

ranking-too-little-known = Too little is known to rank.
ranking-empty = No parcel is available.
ranking-left-out = Knowingly not assessed: { $names }.
ranking-absent = Layers that are absent: { $names }.
ranking-approximated = Approximated: { $names }.
ranking-known = On average { $share }% of the questions have an answer.
ranking-more = { $count ->
    [one] 1 more location
   *[other] { $number } more locations
}
ranking-elsewhere = All locations are in .locations.
ranking-all-parcels = All parcels, and what is not known
ranking-other-findings = and more
explore-failed = This browser cannot unpack the map. Write it to a file: .explore().save("map.html").

## Charts

score-weights = In brackets: what it weighs, a theme in the score and a part in its theme. Hatched: not known.
score-weakest-link = { $score }, as weak as: { $link }
term-title = { $municipality }: when the land is free
term-asked = White line: { $years } until there. Arrow: free until after the end of this chart. Dotted: the date of the study.
rules-title = { $municipality }: hectares that each rule takes
rules-taken = hectares; rules often take the same land, so do not add them up

## Maps

legend-unranked = not ranked: too little is known

## Files for QGIS

qgis-group-locations = Locations
qgis-group-homes = Homes
qgis-group-others = Other parcels
qgis-locations = Parcels of the locations
qgis-buildable = Buildable part
qgis-layout = Layout
qgis-others = Parcels that drop out
group-first = Priority
group-score = Score
group-suitability = Suitability
group-term = Term
group-land = Land and homes
group-unknown = What is still open
group-rest = To compute with
column-of-ids = { $title } (id)
column-of-score = { $title } (score)

## Chart of the land that is left

funnel-all = All land
funnel-use = In extensive use
funnel-restriction = Without a hard restriction
funnel-plan = Without a hard housing plan
funnel-available = Available: large enough and free for long enough too
funnel-suitable = Suitable: { $group }
funnel-left-out = not assessed
funnel-hectares = hectares
funnel-unknown = not known: data is missing

## What rules take, and variants of a study

what-if-as-it-is = The study as it is
what-if-alone = all that the rule takes
what-if-only = what comes free without this rule alone

## Table of rules

rule-level-off = { $level } (off)
rule-distance-of-feature = { $layer }: distance from { $field }
rule-not-on = { $layer }: not on it
rule-not-within = { $layer }: not within { $distance }
rule-not-above = { $layer }: not where it is above { $value }

## What separates the locations of a run

spread-what = Part
spread-title = Called
spread-weight = Weight
spread-least = Least spread
spread-middle = Middle
spread-most = Most
spread-score = Score
spread-suitability = Suitability

## Layers of a ruleset

layer-kind = kind: { $kind }
layer-kind-fills = kind: { $kind }, fills the plane
layer-optional = optional: without it its rules do not count
layer-origin = where it comes from: { $origin }
layer-unit = unit and expected range: { $unit }
layer-range = { $low } to { $high }
layer-recode = stand for another value: { $meanings }
layer-missing-below = numbers below { $number } are no value
layer-precision = nominal precision: { $metres } m ({ $source })
layer-rows = rows that count:{ $conditions }
layer-field = field { $name }: { $said }
layer-asked-by = asked by: { $asking }
field-names-features = names features
field-read = read
field-number = a number
field-date = a date
field-any = any value
field-no-end = from { $year } on no end
field-several = several words
field-list = a list
field-values = values: { $values }
field-aliases = also written: { $aliases }
asking-rule = rule { $name }
asking-measure = measure { $name }
asking-plans = housing plans
asking-agreements = agreements

# The table of law
regime-no-maximum = no maximum
regime-by-realisation = { $period }, by the day of realisation
regime-always = always
regime-from = from { $start }
regime-until = until { $end }
regime-between = { $start } to { $end }
regime-title = Law
