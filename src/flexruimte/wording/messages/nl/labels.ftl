### Woorden van het vocabulaire; de id is de soort en het woord.

## Status van een perceel

status-available = beschikbaar
status-attention = beschikbaar met aandachtspunten
status-unknown = niet te beoordelen: gegevens ontbreken
status-excluded = uitgesloten

## Antwoord op een regel

verdict-yes = ja
verdict-no = nee
verdict-unknown = onbekend
verdict-left_out = niet beoordeeld
verdict-scored = score

## De antwoorden op alle regels samen, na een aantal

tally-yes = gunstig
tally-no = ongunstig
tally-unknown = onbekend
tally-left_out = bewust niet beoordeeld

## Hardheid van een regel

level-very_hard = zeer hard
level-hard = hard
level-medium = middel
level-soft = zacht

## Voorwaarde waar een regel over gaat

condition-decision = Besluit
condition-use = Gebruik van de grond
condition-restriction = Beperkingen
condition-plan = Woningbouwplannen
condition-term = Termijn
condition-site = De plek zelf
condition-access = Bereikbaarheid en aansluiting
condition-environment = Leefomgeving
condition-criterion = Waardering

## Delen van een uitleg, in volgorde

part-objection = Wat uitsluit
part-overruled = Bezwaren die met een besluit zijn gepasseerd
part-attention = Aandachtspunten
part-note = Kanttekeningen
part-missing = Wat nog open is
part-taken = Land dat afvalt
part-fine = In orde
part-left_out = Bewust niet beoordeeld
part-criterion = Waardering

## Waar een waarde op rust

basis-law = wet
basis-pbl = PBL
basis-practice = praktijk
basis-assumption = aanname

## Waar een volgende plek gezocht wordt

search-municipality = in de eigen gemeente
search-region = in de regio
search-province = in de provincie
search-country = elders in het land

## Waarom er geen volgende plek is

stranded-moves_used = het grootste aantal verhuizingen is bereikt
stranded-no_open_site = geen locatie is dan lang genoeg vrij
stranded-no_room = de locaties die dan vrij zijn, zijn vol of te klein

## Delen van een verkaveling

layout-module = module
layout-road = weg voor hulpdiensten
layout-paved = verharding
layout-path = pad

## Maten die elke regelset heeft

measure-area_m2 = Oppervlakte van het perceel
measure-buildable_m2 = Bruikbaar deel
measure-largest_part_m2 = Grootste aaneengesloten bruikbare deel
measure-width_m = Breedte van het bruikbare deel
measure-hard_plan_free_years = Jaren tot het eerste harde woningbouwplan
measure-term_years = Termijn
measure-pessimistic_term_years = Termijn als zachte plannen doorgaan
measure-start_delay_years = Wachttijd tot de grond vrij is, na de voorbereiding
measure-term_end_class = Einde van de termijn
measure-homes_low = Woningen, lage schatting
measure-homes_mid = Woningen, middenschatting
measure-homes_high = Woningen, hoge schatting
measure-homes = Woningen van een project
measure-site_type_class = Type locatie
measure-size_class = Projectgrootte
measure-medium_points_count = Aantal regels van hardheid middel die nee zeggen

## Kolommen en kopjes

column-parcel_id = Locatie
column-location = Hoort bij locatie
column-rank = Plaats
column-priority = Voorrang
column-passes = Moet ja zeggen
column-refuses = Mag geen nee zeggen
column-most = Hooguit
column-status = Status
column-score = Score
column-area_m2 = Oppervlakte
column-buildable_m2 = Bruikbaar deel
column-term_years = Termijn
column-homes_mid = Woningen, middenschatting
column-site_type = Type locatie
column-known_share = Deel van de vragen met antwoord
column-attention = Aandachtspunten
column-plans = Woningbouwplannen
column-rule = Regel
column-when_unknown = Als het niet bekend is
column-measure = Maat
column-parameters = Keuzes van de studie
column-regimes = Opgeheven door
column-priorities = In de voorrang
column-advice = Wat te doen
column-title = Vraag
column-finding = Bevinding
column-condition = Voorwaarde
column-level = Hardheid
column-regime = Rij van de wet
column-period = Wanneer
column-where = Waar
column-longest = Langste verblijf
column-lifts = Heft op
column-note = Opmerking
column-level_reason = Waarom die hardheid
column-verdict = Oordeel
column-found = Gevonden
column-test = Gevraagd
column-features = Door
column-layer = Kaartlaag
column-kind = Soort
column-unit = Eenheid
column-fields = Velden
column-source = Bron van de regel
column-basis = Grondslag
column-homes = Woningen
column-parcels = Percelen
column-locations = Locaties
column-hectares = Hectare
column-suitability = Geschiktheid
column-best_group = Past het best bij
column-owner_class = Eigenaar
column-decision = Besluit
column-decision_date = Datum van het besluit
column-decision_reason = Reden van het besluit
column-explanation = Uitleg
column-findings = Bevindingen
column-kept_out_by = Houdt weg uit de klasse erboven (id)
column-notes = Kanttekeningen
column-missing = Wat niet bekend is
column-reasons = Wat uitsluit
column-gemeente_code = Code van de gemeente
column-gemeente = Gemeente
column-parcel_ids = Percelen
column-site_id = Hoort bij locatie
column-score_low = Score, als het onbekende tegenvalt
column-score_high = Score, als het onbekende meevalt
column-score_known_share = Deel van de score dat bekend is
column-term_start = Begin van de termijn
column-term_end = Einde van de termijn

## Wat een kaartlaag bevat

geometry-polygon = vlakken
geometry-line = lijnen
geometry-point = punten
geometry-mixed = punten, lijnen en vlakken
geometry-raster = raster
geometry-table = tabel

## Anders

unknown = onbekend
other-site-type = anders
no-homes = geen woningen
beyond-transport-tiers = alleen met een ontheffing per route
