### A ranking in a notebook, maps, styles of QGIS and tables of rules

## Notebook

ranking-too-little-known = Too little is known to rank.
ranking-empty = No parcel is available.
ranking-left-out = Knowingly not assessed: { $names }.
ranking-absent = Layers that are absent: { $names }.
ranking-approximated = Approximated: { $names }.
ranking-known = On average { $share }% of the questions have an answer.

## Maps

legend-score = score { $low }-{ $high } ({ $number })
legend-status = { $status } ({ $number })
legend-without-score = without score

## Table of rules

rule-level-off = { $level } (off)
rule-distance-of-feature = { $layer }: distance from { $field }
rule-not-on = { $layer }: not on it
rule-not-within = { $layer }: not within { $distance }
rule-not-above = { $layer }: not where it is above { $value }

# The table of law
regime-no-maximum = no maximum
regime-by-realisation = { $period }, by the day of realisation
regime-always = always
regime-from = from { $start }
regime-until = until { $end }
regime-between = { $start } to { $end }
regime-title = Law
