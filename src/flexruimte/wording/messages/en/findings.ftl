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
where-not = not { $words }
where-contains = contains { $words }
where-starts-with = begins with { $words }
where-empty = empty
where-not-empty = not empty
points-of-class = { $name }: { $points }
points-at-value = { $points } at { $value }

## What it found, in short

found-edge = the edge only
found-nothing = nothing
value-or-more = { $value } or more
no-sign = no sign nearby

## What it found, as a sentence

finding-about = { $about }: { $found }.
finding-left-out = { $about }: knowingly not assessed in this study.
finding-no-value = not as asked; the value is not known everywhere
finding-not-here = this rule does not apply here
finding-measured = found is { $found } ({ $measure }), asked is { $test }

place-on = on layer '{ $layer }'
place-within = within { $distance } of layer '{ $layer }'
place-of-rule = in the area of '{ $rule }'
place-within-own-distance = within the distance that belongs to layer '{ $layer }'
place-above = where layer '{ $layer }' is above { $value }

land-edge = touches only the edge of the parcel, less than the map is precise ({ $precision }); that does not count
land-clear = the parcel does not lie { $place }
land-rest-clear = the buildable part does not lie { $place }
land-does-not-count = does not apply here, though the parcel or a part of it lies { $place }
land-lies = { $area } lies { $place }{ $because }
land-that-part = that part
land-is-taken = ; { $part } is taken away
land-is-left-free = ; { $part } is left free
land-is-too-little = ; { $part } is too little to count
land-rest-is-edge = ; what is left is no more than an edge, less than the map is precise ({ $precision })
share-nearly-nothing = less than 0.1%
share-nearly-whole = nearly 100%
area-nearly-nothing = less than 1 m²
area-whole = the whole parcel
area-nearly-whole = nearly the whole parcel ({ $area })
area-part = { $area } of the parcel
area-rest-whole = the whole buildable part
area-rest-nearly-whole = nearly the whole buildable part ({ $area })
area-rest-part = { $area } of the buildable part
because = , because of: { $features }
because-and-more = , because of: { $features } and { $more } more
features-and-more = { $features } and { $more } more
features-unnamed = without a name

unknown-layer-absent = not known, as the study has no layer { $layers }
unknown-at-limit = not certain: { $value } may in truth be less
unknown-class = not known, as the ruleset does not know what '{ $value }' is
unknown-whether-it-applies = not known whether this rule applies here
unknown-whether-excepted = not known whether the exception holds here ({ $conditions })
unknown-no-layout = not worked out, as no layout was made
unknown-somehow = not known
unknown-no-cell = not known, as layer { $layer } has no value here
unknown-no-row = not known, as table { $layer } has no row for this parcel, or one without a value
unknown-no-area = not known, as layer { $layer } has no record here, and what it does not name is not known
unknown-no-feature = not known, as layer { $layer } has no feature here, or one without a value
unknown-no-distance = not known, as layer { $layer } has no feature here, or one with a distance that cannot be read
unknown-strange-value = { $why }; around here it has a value that is not in the list: { $values }
unknown-one-of-layers = not known, as one of the layers { $layers } has no value here
