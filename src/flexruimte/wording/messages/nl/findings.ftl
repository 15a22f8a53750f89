### Wat een regel vraagt, en wat hij op een perceel vond

## Wat hij vraagt

test-at-least = >= { $value }
test-at-most = <= { $value }
test-at-least-spoken = ten minste { $value }
test-at-most-spoken = ten hoogste { $value }
test-in = een van: { $classes }
test-not-in = geen van: { $classes }
test-no-classes = niets bepaalds
test-only-where = { $test } (alleen waar { $conditions })
test-unless = { $test } (behalve waar { $conditions })
test-not-there = niet { $place }
points-at-value = { $points } bij { $value }

## Wat hij vond, in het kort

found-edge = alleen de rand
found-nothing = niets
value-or-more = { $value } of meer

## Wat hij vond, als zin

finding-about = { $about }: { $found }.
finding-left-out = { $about }: bewust niet beoordeeld in deze studie.
finding-not-here = deze regel geldt hier niet
finding-measured = gevonden is { $found } ({ $measure }), gevraagd is { $test }

place-on = op kaartlaag '{ $layer }'
place-within = binnen { $distance } van kaartlaag '{ $layer }'
place-within-own-distance = binnen de afstand die kaartlaag '{ $layer }' zelf noemt
place-above = waar kaartlaag '{ $layer }' boven { $value } is

land-edge = raakt alleen de rand van het perceel, minder dan de kaart nauwkeurig is ({ $precision }); dat telt niet
land-clear = het perceel ligt niet { $place }
land-does-not-count = geldt hier niet, al ligt { $area } { $place }
land-whole = het hele perceel ligt { $place }{ $because }
land-part = { $area } van het perceel ligt { $place }{ $because }
land-part-taken = { $area } van het perceel ligt { $place }{ $because }; dat deel valt af
because = , door: { $features }
because-and-more = , door: { $features } en nog { $more }

unknown-layer-absent = niet bekend, want de studie heeft geen kaartlaag { $layers }
unknown-at-limit = niet zeker: { $value } kan in werkelijkheid minder zijn
unknown-somehow = niet bekend
unknown-layer-silent = { $count ->
    [one] niet bekend, want kaartlaag { $layers } zegt hier niets, of niet met zekerheid
   *[other] niet bekend, want de kaartlagen { $layers } zeggen hier niets, of niet met zekerheid
}
