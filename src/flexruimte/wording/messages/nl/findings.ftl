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
where-not = niet { $words }
where-contains = bevat { $words }
where-starts-with = begint met { $words }
where-empty = leeg
where-not-empty = niet leeg
points-of-class = { $name }: { $points }
points-at-value = { $points } bij { $value }

## Wat hij vond, in het kort

found-edge = alleen de rand
found-nothing = niets
value-or-more = { $value } of meer
no-sign = geen bord in de buurt

## Wat hij vond, als zin

finding-about = { $about }: { $found }.
finding-left-out = { $about }: bewust niet beoordeeld in deze studie.
finding-no-value = niet zoals gevraagd; de waarde is niet overal bekend
finding-not-here = deze regel geldt hier niet
finding-measured = gevonden is { $found } ({ $measure }), gevraagd is { $test }

place-on = op kaartlaag '{ $layer }'
place-within = binnen { $distance } van kaartlaag '{ $layer }'
place-of-rule = in het gebied van '{ $rule }'
place-within-own-distance = binnen de afstand die bij kaartlaag '{ $layer }' hoort
place-above = waar kaartlaag '{ $layer }' boven { $value } is

land-edge = raakt alleen de rand van het perceel, minder dan de kaart nauwkeurig is ({ $precision }); dat telt niet
land-clear = het perceel ligt niet { $place }
land-rest-clear = het bruikbare deel ligt niet { $place }
land-does-not-count = geldt hier niet, al ligt het perceel of een deel ervan { $place }
land-lies = { $area } ligt { $place }{ $because }
land-that-part = dat deel
land-is-taken = ; { $part } valt af
land-is-left-free = ; { $part } blijft vrij
land-is-too-little = ; { $part } is te weinig om te tellen
land-rest-is-edge = ; wat overblijft is niet meer dan een rand, minder dan de kaart nauwkeurig is ({ $precision })
share-nearly-nothing = minder dan 0,1%
share-nearly-whole = vrijwel 100%
area-nearly-nothing = minder dan 1 m²
area-whole = het hele perceel
area-nearly-whole = vrijwel het hele perceel ({ $area })
area-part = { $area } van het perceel
area-rest-whole = het hele bruikbare deel
area-rest-nearly-whole = vrijwel het hele bruikbare deel ({ $area })
area-rest-part = { $area } van het bruikbare deel
because = , door: { $features }
because-and-more = , door: { $features } en nog { $more }
features-and-more = { $features } en nog { $more }
features-unnamed = zonder naam

unknown-layer-absent = niet bekend, want de studie heeft geen kaartlaag { $layers }
unknown-at-limit = niet zeker: { $value } kan in werkelijkheid minder zijn
unknown-class = niet bekend, want wat '{ $value }' is weet de regelset niet
unknown-whether-it-applies = niet bekend of deze regel hier geldt
unknown-whether-excepted = niet bekend of de uitzondering hier geldt ({ $conditions })
unknown-no-layout = niet berekend, want er is geen verkaveling gemaakt
unknown-somehow = niet bekend
unknown-no-cell = niet bekend, want kaartlaag { $layer } heeft hier geen waarde
unknown-no-row = niet bekend, want in tabel { $layer } staat dit perceel niet, of zonder waarde
unknown-no-area = niet bekend, want kaartlaag { $layer } heeft hier niets vastgelegd, en wat zij niet noemt is onbekend
unknown-no-feature = niet bekend, want kaartlaag { $layer } heeft hier geen object, of een object zonder waarde
unknown-no-distance = niet bekend, want kaartlaag { $layer } heeft hier geen object, of een object met een afstand die niet te lezen is
unknown-strange-value = { $why }; in de omgeving staat een waarde die niet in de lijst staat: { $values }
unknown-one-of-layers = niet bekend, want een van de kaartlagen { $layers } heeft hier geen waarde
