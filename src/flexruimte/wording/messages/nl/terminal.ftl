### Wat een opdracht aan haar einde in een terminal zegt

## Na een run

run-municipality = gemeente
run-state = staat
run-failed = mislukt
run-unchanged = onveranderd
run-homes = woningen
together = samen
run-caption = locaties (woningen) en hectare bruikbare grond; niet gerangschikte percelen
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
} in { $table } en, voor een rekenblad, { $sheet }
run-hectares = hectare na elke voorwaarde in { $file }
run-map = de kaart: { $file }
run-reports = { $count ->
    [one] het rapport voor de raad: { $file }
   *[other] de rapporten voor de raad: { $file } en { $more } meer
}
run-log = wat wanneer gebeurde: { $file }

## Hectare na elke voorwaarde

hectares-all = alle grond
hectares-use = extensief gebruik
hectares-restriction = geen beperking
hectares-plan = geen hard plan
hectares-available = beschikbaar
hectares-suitable = geschikt
hectares-left-out = niet beoordeeld
hectares-group = doelgroep
hectares-owner = eigenaar
hectares-caption = hectare die na elke voorwaarde over is; +: over als wat niet bekend is ja zegt
hectares-not-counted = { $caption }; niet meegeteld: { $names }

## Wat als

what-if-rule = regel
what-if-takes = neemt
what-if-frees = komt vrij
what-if-locations = locaties
what-if-homes = woningen
what-if-best = beste klasse
what-if-softer = zachter
what-if-half = halve afstand
what-if-rules-say = neemt: hectare die een regel neemt, wat andere ook nemen; komt vrij: hectare die vrijkomt als alleen deze regel uit staat, met locaties, woningen en hoeveel daarvan in de beste klasse; zachter, halve afstand: hectare die vrijkomt als de regel een trap zachter is, of de halve afstand vraagt
what-if-other-rules = { $count ->
    [one] nog 1 regel neemt
   *[other] nog { $number } regels nemen
} minder, of niets
what-if-hectares = ha
what-if-best-homes = woningen daarin
what-if-variants-say = tussen haakjes: hoeveel locaties op de lijst komen en eraf gaan; beste klasse: locaties in de beste klasse van voorrang
what-if-new-survey = hiervoor moeten de kaartlagen opnieuw gelezen worden (--new-surveys)
what-if-enters = erbij: { $names }
what-if-leaves = eraf: { $names }
what-if-ranked = alle gerangschikte
what-if-moves = { $place }, { $variant }, '{ $list }': { $changes }
what-if-order-same = { $place }, { $variant }: alle locaties houden hun plaats
what-if-order = { $place }, { $variant }: { $count ->
    [one] 1 locatie krijgt
   *[other] { $number } locaties krijgen
} een andere plaats, de grootste sprong is { $places }; eerste is { $first } (was { $before })
what-if-order-new = { $place }, { $variant }: { $count ->
    [one] 1 locatie krijgt
   *[other] { $number } locaties krijgen
} een andere plaats, de grootste sprong is { $places }; eerste is { $first } (had geen plaats)
what-if-not-done = niet erbij: { $code } ({ $state }); geef de run opnieuw
what-if-kept = { $names }: van een eerdere keer, niet opnieuw gemaakt
more-in = meer in { $names }

## Opgaven en kosten

targets-target = opgave
targets-place = gebied
targets-homes = woningen
targets-outcome = uitkomst
targets-secured = zeker
targets-short = tekort
outcome-covered = gedekt
outcome-short = tekort
outcome-unknown = onbekend
targets-unknown = '{ $target }' is onbekend: { $number } van { $all } gemeenten zijn beoordeeld.
targets-held-against = '{ $target }' is gehouden tegen { $number } van { $all } gemeenten, die van deze run.
targets-of-all = alle { $all } gemeenten van { $place }
targets-of-some = { $number } van { $all } gemeenten van { $place }, die van deze run
targets-of-some-of-unknown = { $number } gemeenten van { $place }, die van deze run
targets-without = Niet beoordeeld: { $names }.
costs-no-end = { $count ->
    [one] 1 locatie heeft
   *[other] { $number } locaties hebben
} geen bekend einde van de termijn: daarvoor tellen de gevraagde { $years } (counted_years), net als bij verhuizingen
costs-written = kosten van { $count ->
    [one] 1 locatie
   *[other] { $number } locaties
} in { $written }, de kengetallen in { $used }

next = Hierna:
next-fetch = de gegevens ophalen
next-check = kijken of alles er is
next-check-again = als dat is hersteld, opnieuw kijken
next-run = rangschikken
next-again = alleen wat mislukte
next-view = de kaart, in een browser
next-report = dit in de rapporten zetten
next-explain = waarom deze locatie
next-explain-first = waarom de eerste
next-explain-second = waarom de tweede
next-all-rules = elke regel op dit perceel
next-compare = naast een andere locatie
next-whatif = wat elke regel neemt
next-targets = naast de opgaven
next-relocate = waar woningen daarna heen gaan
next-costs = wat het kost
next-new = een studie van een gemeente
next-dataset = één dataset helemaal
next-layer = één kaartlaag helemaal
next-rule = één regel helemaal
next-rules = alle regels

## Regels

rules-count = { $name } { $version }: { $count ->
    [one] 1 regel
   *[other] { $number } regels
}
rules-priorities = Klassen van voorrang
rule-must-pass = moet ja zeggen voor '{ $name }'
rule-may-refuse = een nee houdt uit '{ $name }'
