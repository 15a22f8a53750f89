### Het rapport van een gemeente voor haar raad, en de dossiers van de kortste lijst

report-title = Ruimte voor verplaatsbare woningen in { $municipality }
report-subtitle = { $study }, stand van { $date }
report-lead-land = Van de { $hectares } hectare grond in { $municipality } is { $available } hectare beschikbaar voor verplaatsbare woningen.
report-lead-not-assessed = Daarbij is niet gekeken naar: { $conditions }.
report-lead-unknown = Van nog { $hectares } hectare is niet bekend of die beschikbaar is.
report-lead-ranked = { $count ->
    [one] Eén locatie heeft een plaats op de ranglijst gekregen.
   *[other] { $number } locaties hebben een plaats op de ranglijst gekregen.
}
report-lead-shortlist = { $count ->
    [one] Eén ervan staat in de hoogste klasse, '{ $title }', met plaats voor { $homes } woningen.
   *[other] Daarvan staan er { $number } in de hoogste klasse, '{ $title }', samen met plaats voor { $homes } woningen.
}
report-lead-first = De beste { $number } staan in dit rapport; de andere staan in de tabel van de run.

## Hoeveel grond

report-funnel = Hoeveel grond er is, en wat ervan overblijft
report-funnel-note = Elke rij houdt over wat ook aan de rijen erboven voldoet. Gearceerd: wat erbij komt als het antwoord op alles wat niet bekend is gunstig uitvalt.
report-funnel-condition = Voorwaarde
report-funnel-hectares = Hectare
report-funnel-suitable = Geschikt voor een doelgroep ({ $points } punten of meer)
report-unknown-more = niet bekend

## De kaart

report-map = Waar de locaties liggen
report-map-title = Kaart van { $municipality } met de locaties
report-legend = { $title } ({ $number })
report-legend-ranked = Andere locaties op de ranglijst
report-legend-unknown = Niet te beoordelen: gegevens ontbreken
report-legend-other = Andere percelen
report-north = Het noorden is boven.

## De locaties

report-best-ranked = De best gerangschikte locaties
report-location = Locatie
report-site-title = { $kind } { $location } { $more }
report-parcels = ({ $number } percelen samen)
report-site-map-title = Kaart van locatie { $location }
report-site-map-note = Kaartjes: dik omlijnd de locatie, licht getint het bruikbare deel met de woningen zoals ze er kunnen staan, gearceerd wat afvalt.
report-buildable = { $area } bruikbaar
report-owner-of = eigenaar: { $owner }
report-group = { $group }, met { $points } van 100 punten
report-free = vrij van { $first } tot { $last }
report-free-from = vrij vanaf { $year }, geen einde bekend
report-heading-why = Waarom hier
report-heading-open = Wat open is
report-heading-next = Voor wie, en wat nu
report-why = Plaats { $rank } van { $ranked } met { $score } van 100 punten: het sterkst in { $best } ({ $best_points }), het zwakst in { $worst } ({ $worst_points }).
report-why-short = { $score } van 100 punten: het sterkst in { $best } ({ $best_points }), het zwakst in { $worst } ({ $worst_points }).
report-why-rank = Plaats { $rank } van { $ranked } met { $score } van 100 punten.
report-open-unknown = Nog niet bekend: { $topics }.
report-open-nothing = Er is niets dat om aandacht vraagt, en alles wat hier beslist is bekend.
report-notes = { $count ->
    [one] Er is 1 kanttekening.
   *[other] Er zijn { $number } kanttekeningen.
}
report-more-points = { $count ->
    [one] Nog 1 punt staat in het dossier.
   *[other] Nog { $number } punten staan in het dossier.
}
report-suits = Past het best bij { $group }.
report-first-step = Eerste stap: { $advice }
report-first-step-none = Eerste stap: bespreek deze locatie met de buurt en de raad.
report-to-dossiers = Van elke locatie staat alles wat is gevonden op een eigen bladzijde, in de dossiers: { $file }.

## Wat is afgevallen, en wat als

report-excluded = Waardoor grond afvalt
report-excluded-note = Hectare die een regel wegneemt. Grond waar meer regels iets van zeggen, telt bij elk van die regels.
report-excluded-more = { $count ->
    [one] Nog 1 regel neemt minder weg.
   *[other] Nog { $number } regels nemen minder weg.
}
report-not-met = Voldoet niet aan: { $wish }
report-too-small = Wat overblijft is te klein of te smal, zonder ander bezwaar
report-excluded-none = Geen enkele regel neemt hier grond weg.
report-rule = Regel
report-what-if = Wat als
report-freed = Wat er vrijkomt als alleen deze regel niet gold
report-variants = Wat andere keuzes geven
report-variant = Keuze
report-locations = Locaties
report-homes = Woningen
report-best-class = In de hoogste klasse

## Wat niet bekend is

report-not-known = Wat niet bekend is
report-known = Gemiddeld is op { $share } van de vragen een antwoord bekend.
report-left-out = Bewust niet beoordeeld: { $names }.
report-absent = Deze kaartlagen ontbreken: { $names }.
report-optional = Deze kaartlagen zouden meer kunnen zeggen, en zijn er niet: { $names }.
report-approximated = Bij benadering bepaald: { $names }.
report-unknown = Het vaakst is niet bekend: { $topics }.
report-unknown-topic = { $count ->
    [one] { $topic } (1 perceel)
   *[other] { $topic } ({ $parcels } percelen)
}
report-unread-plans = { $count ->
    [one] Eén woningbouwplan kon niet worden gebruikt, omdat er iets aan ontbreekt.
   *[other] { $number } woningbouwplannen konden niet worden gebruikt, omdat er iets aan ontbreekt.
}
report-groups-assumed = Hoe zwaar iets telt voor een doelgroep is een voorbeeld dat de gemeente kan aanpassen, geen onderzoek.
report-not-said = Over draagvlak in de buurt, over de kosten en over wat er ter plaatse te zien is, zegt dit niets.

## Waarom er niets staat

report-none-ranked = Er is hier geen enkele locatie met een plaats op de ranglijst.
report-none-excluded = Wat de meeste percelen uitsluit: { $rules }.
report-none-unknown = Waarover het vaakst gegevens ontbreken: { $rules }.
report-none-in-class = { $count ->
    [one] Er is één locatie met een plaats op de ranglijst, en die voldoet niet aan alles wat '{ $title }' vraagt.
   *[other] Er zijn { $number } locaties met een plaats op de ranglijst, en geen daarvan voldoet aan alles wat '{ $title }' vraagt.
}
report-none-silent = Niets kan '{ $title }' zijn, want daarvoor is een ja nodig op: { $rules }. Daarover is niets bekend.

## Hoe het is gedaan

report-method = Hoe de ranglijst is gemaakt
report-method-parcels = Alle { $number } percelen in de gegevens zijn bekeken; er is vooraf niets gekozen.
report-method-rules = Elk perceel is langs { $number } regels gelegd, over: { $conditions }.
report-method-source = Van elke regel staat vast hoe hard die is en waar die vandaan komt: uit de wet, uit onderzoek, uit de praktijk of als aanname; een gemeente kan elke regel veranderen.
report-method-land = Wat een harde regel bedekt, is van het perceel afgetrokken; wat overblijft moet groot en breed genoeg zijn.
report-method-sites = Percelen die aan elkaar grenzen, zijn samen één locatie waar de studie dat toestaat en het beter uitpakt.
report-method-term = De woningen moeten er { $years } kunnen staan, gerekend vanaf de dag dat de grond vrij is.
report-method-unknown = Waar gegevens ontbreken, is het antwoord 'onbekend': dat telt niet als ja en niet als nee.
report-method-classes = Eerst is bepaald in welke klasse een locatie valt, naar wat er in de weg staat en met wie gesproken moet worden: { $classes }.
report-method-score = Daarna beslist een score van 0 tot 100, opgebouwd uit { $themes }.
report-theme-weight = { $theme } ({ $share }%)
report-method-homes = Het aantal woningen volgt uit een proef met modules op het bruikbare deel; voor één project tellen er hooguit { $homes }.
report-quoted = '{ $name }'

## Bronnen en ondertekening

report-sources = Bronnen
report-sources-note = Met de dag die de gegevens beschrijven. Licentie, waar niets anders staat: { $licence }.
report-source-parcels = Percelen
report-source-municipalities = Gemeentegrenzen
report-source-decisions = Besluiten over percelen
report-no-licence = licentie niet vermeld
report-signature = Studie '{ $study }', stand van { $date }; regelset '{ $ruleset }' { $version }; gemaakt met flexruimte { $software }.

## Dossiers

report-dossiers-title = Dossiers van locaties in { $municipality }
report-dossiers-list = De locaties
report-back = Naar het rapport
report-facts = In het kort
report-term = Hoe lang de grond vrij is
report-term-unknown = Hoe lang de grond vrij is, is niet bekend.
report-term-title = Tijdlijn van locatie { $location }
report-term-asked = gevraagd: { $years }
report-term-pessimistic = { $years } als zachte plannen doorgaan
report-way-in = De weg erheen
report-way-in-no = Niet zoals gevraagd
report-way-in-unknown = Niet bekend
report-way-in-yes = In orde
report-way-in-found = { $asked }: { $found }
report-way-in-none = Naar de weg erheen is niet gekeken.
report-found = Wat er is gevonden
report-fine = In orde
report-whom = Met wie, en wat te doen
report-owner = Eigenaar
report-owner-is = Eigenaar van de grond: { $owner }.
report-best-group = Past het best bij
report-ask = { $layer }: { $ask }
report-next-place = Waar de woningen daarna heen kunnen
report-next-not-planned = Dat is nog niet uitgerekend.
report-next-not-in-plan = In het plan van verhuizingen staan op deze locatie geen woningen.
report-next-stays = Binnen de jaren van het plan hoeven de woningen hier niet weg.
report-move = { $year }: { $count ->
    [one] { $homes } kan naar locatie { $location }, { $distance } verderop ({ $where }).
   *[other] { $homes } kunnen naar locatie { $location }, { $distance } verderop ({ $where }).
}
report-stranded = { $year }: voor { $homes } is er geen volgende plek; { $reason }.
