### Een rangschikking in een notebook, kaarten, stijlen van QGIS en tabellen van regels

## Notebook

ranking-too-little-known = Er is te weinig bekend voor een rangorde.
ranking-empty = Geen enkel perceel is beschikbaar.
ranking-left-out = Bewust niet beoordeeld: { $names }.
ranking-absent = Kaartlagen die ontbreken: { $names }.
ranking-approximated = Benaderd: { $names }.
ranking-known = Gemiddeld is op { $share }% van de vragen een antwoord bekend.
ranking-more = { $count ->
    [one] Nog 1 locatie
   *[other] Nog { $number } locaties
}
ranking-elsewhere = Alle locaties staan in .locations.
ranking-all-parcels = Alle percelen, en wat niet bekend is
ranking-other-findings = en meer
explore-failed = Deze browser kan de kaart niet uitpakken. Schrijf haar naar een bestand: .explore().save("map.html").

## Grafieken

score-weights = Tussen haakjes: wat het meetelt, van een thema in de score en van een onderdeel in zijn thema. Gearceerd: niet bekend.
score-weakest-link = { $score }, zo zwak als: { $link }
term-title = { $municipality }: wanneer de grond vrij is
term-asked = Witte streep: tot daar { $years }. Pijl: vrij tot na het einde van deze grafiek. Stippellijn: de peildatum.
rules-title = { $municipality }: hectare die elke regel wegneemt
rules-taken = hectare; regels nemen vaak dezelfde grond, dus tel ze niet op

## Kaarten

legend-unranked = niet gerangschikt: te weinig bekend

## Bestanden voor QGIS

qgis-group-locations = Locaties
qgis-group-homes = Woningen
qgis-group-others = Overige percelen
qgis-locations = Percelen van de locaties
qgis-buildable = Bruikbaar deel
qgis-layout = Verkaveling
qgis-others = Percelen die afvallen
group-first = Voorrang
group-score = Score
group-suitability = Geschiktheid
group-term = Termijn
group-land = Grond en woningen
group-unknown = Wat nog open is
group-rest = Om mee te rekenen
column-of-ids = { $title } (id)
column-of-score = { $title } (score)

## Grafiek van het land dat overblijft

funnel-all = Alle grond
funnel-use = In extensief gebruik
funnel-restriction = Zonder harde beperking
funnel-plan = Zonder hard woningbouwplan
funnel-available = Beschikbaar: ook groot en lang genoeg vrij
funnel-suitable = Geschikt: { $group }
funnel-left-out = niet beoordeeld
funnel-hectares = hectare
funnel-unknown = niet te beoordelen: gegevens ontbreken

## Wat regels wegnemen, en varianten van een studie

what-if-as-it-is = De studie zoals die is
what-if-alone = alles wat de regel wegneemt
what-if-only = wat vrijkomt zonder alleen deze regel

## Tabel van regels

rule-level-off = { $level } (uit)
rule-distance-of-feature = { $layer }: afstand uit { $field }
rule-not-on = { $layer }: niet erop
rule-not-within = { $layer }: niet binnen { $distance }
rule-not-above = { $layer }: niet waar het boven { $value } is

## Wat de locaties van een run onderscheidt

spread-what = Onderdeel
spread-title = Naam
spread-weight = Gewicht
spread-least = Kleinste spreiding
spread-middle = Middelste
spread-most = Grootste
spread-score = Score
spread-suitability = Geschiktheid

## Kaartlagen van een regelset

layer-kind = soort: { $kind }
layer-kind-fills = soort: { $kind }, beslaat al het land
layer-optional = naar keuze: zonder deze kaartlaag tellen haar regels niet mee
layer-origin = waar het vandaan komt: { $origin }
layer-unit = eenheid en verwacht bereik: { $unit }
layer-range = { $low } tot { $high }
layer-recode = staan voor een andere waarde: { $meanings }
layer-missing-below = getallen onder { $number } zijn geen waarde
layer-precision = nominale nauwkeurigheid: { $metres } m ({ $source })
layer-rows = rijen die tellen:{ $conditions }
layer-field = veld { $name }: { $said }
layer-asked-by = gevraagd door: { $asking }
field-names-features = geeft objecten hun naam
field-read = wordt gelezen
field-number = een getal
field-date = een datum
field-any = elke waarde
field-no-end = vanaf { $year } geen einde
field-several = verschillende woorden
field-list = een lijst
field-values = waarden: { $values }
field-aliases = ook geschreven: { $aliases }
asking-rule = regel { $name }
asking-measure = maat { $name }
asking-plans = woningbouwplannen
asking-agreements = afspraken

# De tabel van de wet
regime-no-maximum = geen maximum
regime-by-realisation = { $period }, naar de dag van realisatie
regime-always = altijd
regime-from = vanaf { $start }
regime-until = tot en met { $end }
regime-between = { $start } tot en met { $end }
regime-title = Wet
