### Wat een opdracht aan haar einde in een terminal zegt

## Na een run

run-municipality = gemeente
run-state = staat
run-failed = mislukt
run-unchanged = onveranderd
run-homes = woningen
run-caption = locaties (woningen); niet gerangschikte percelen
run-little-known = met weinig kaartlagen is dit nog geen rangorde: van de helft van de gerangschikte locaties heeft hooguit dit deel van de regels en criteria een antwoord: { $where }; flexruimte check noemt wat ontbreekt
run-shared-score = veel gerangschikte locaties hebben dezelfde score: { $where }; onder hen beslissen het aantal woningen en daarna de id
run-share-of = { $number } van { $ranked }
run-unreachable = niets kan '{ $class }' zijn in { $where }: dat vraagt een ja op { $rules }, en daarover is niets bekend
run-left-out = bewust niet beoordeeld: { $names }; wat daarop rust ({ $count ->
    [one] 1 regel of criterium
   *[other] { $number } regels en criteria
}) telt voor geen enkel perceel mee
run-names-and-more = { $names } en nog { $more }
run-failure = { $municipality } is mislukt: { $error }
run-empty = { $count ->
    [one] 1 gemeente heeft
   *[other] { $number } gemeenten hebben
} geen percelen in deze studie
run-without-score = { $count ->
    [one] 1 locatie heeft
   *[other] { $number } locaties hebben
} geen score en geen plaats: te weinig van wat de score weegt is ervan bekend (score_known_share in parcels.parquet)
run-ranking = { $count ->
    [one] 1 gerangschikte locatie
   *[other] { $number } gerangschikte locaties
} in { $file }
run-hectares = hectare na elke voorwaarde in { $file }

## Hectare na elke voorwaarde

hectares-all = alle grond
hectares-use = extensief gebruik
hectares-restriction = geen beperking
hectares-plan = geen hard plan
hectares-available = beschikbaar
hectares-suitable = geschikt
hectares-left-out = niet beoordeeld
hectares-together = samen
hectares-group = doelgroep
hectares-owner = eigenaar
hectares-caption = hectare die na elke voorwaarde over is; +: over als wat niet bekend is ja zegt
hectares-not-counted = { $caption }; niet meegeteld: { $names }
