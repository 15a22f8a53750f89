### What a rule asks, and what it found on a parcel

## What it asks

test-at-least = >= { $value }
test-at-most = <= { $value }
test-at-least-spoken = at least { $value }
test-at-most-spoken = at most { $value }
test-in = one of: { $classes }
test-not-in = none of: { $classes }
test-no-classes = nothing in particular
test-only-where = { $test } (only where { $conditions })
test-unless = { $test } (but not where { $conditions })
test-not-there = not { $place }
points-at-value = { $points } at { $value }

## What it found, in short

found-edge = the edge only
found-nothing = nothing
value-or-more = { $value } or more

## What it found, as a sentence

finding-about = { $about }: { $found }.
finding-left-out = { $about }: knowingly not assessed in this study.
finding-not-here = this rule does not apply here
finding-measured = found is { $found } ({ $measure }), asked is { $test }

place-on = on layer '{ $layer }'
place-within = within { $distance } of layer '{ $layer }'
place-within-own-distance = within the distance that layer '{ $layer }' itself gives
place-above = where layer '{ $layer }' is above { $value }

land-edge = touches only the edge of the parcel, less than the map is precise ({ $precision }); that does not count
land-clear = the parcel does not lie { $place }
land-does-not-count = does not apply here, though { $area } lies { $place }
land-whole = the whole parcel lies { $place }{ $because }
land-part = { $area } of the parcel lies { $place }{ $because }
land-part-taken = { $area } of the parcel lies { $place }{ $because }; that part is taken away
because = , because of: { $features }
because-and-more = , because of: { $features } and { $more } more

unknown-layer-absent = not known, as the study has no layer { $layers }
unknown-at-limit = not certain: { $value } may in truth be less
unknown-somehow = not known
unknown-layer-silent = { $count ->
    [one] not known, as layer { $layers } says nothing here, or nothing certain
   *[other] not known, as the layers { $layers } say nothing here, or nothing certain
}
