### Een studie uit een map: wat er is herkend, en waarom

recognition-name = de naam is die van deze dataset
recognition-name-part = een naam van deze dataset staat in de naam
recognition-columns = kolom { $columns } is er
recognition-own-word = "{ $word }" staat erin, en dat heeft geen andere dataset
recognition-by-values = wat in kolom { $column } staat is { $field }
recognition-cells = de cellen liggen tussen { $low } en { $high } { $unit }
recognition-repaired-ids = { $number } van { $total } id's zijn dubbel of leeg, en repair_ids nummert die
recognition-in-place = dit is { $name }, dat in de plaats ervan kan worden gebruikt

recognition-without-status = het zijn de omtrekken van panden op maaiveld, zonder de status in de BAG: elk pand telt dan als in gebruik
recognition-any-of = het kan elk van deze zijn: { $datasets }
recognition-rivals = er zijn er { $number } die het kunnen zijn: { $sources }
recognition-name-alone = alleen de naam zegt het, en geen van de kolommen
recognition-not-enough = bestanden van andere datasets kunnen dit ook hebben, en de naam zegt het niet
recognition-other-name = de naam is die van { $datasets }
recognition-other-name-part = in de naam staat die van { $datasets }
recognition-other-columns = de kolommen zijn die van { $datasets }
recognition-history = kolom { $columns } zegt van sommige objecten dat ze er niet meer zijn: moeten die eruit?
recognition-doubtful-word = "{ $word }" in de naam kan betekenen dat het een deel is, of een andere
recognition-foreign-word = "{ $word }" staat erin, een woord van { $dataset }
recognition-shapes = de vormen zijn { $there }, en { $wanted } zijn nodig
recognition-several-columns = veld { $field } kan elk van de kolommen { $columns } zijn
recognition-strange = kolom { $column } heeft { $words }, en dat kan { $field } niet hebben
recognition-lost = van { $fields } is niet bekend welke kolom het is
recognition-empty = { $share } van de rijen heeft niets in { $columns }: zijn alle rijen bedoeld?
recognition-codes = de codes zijn niet zoals GM0363
recognition-several-rows = een gemeente heeft meer rijen: het kan een kaart van wijken zijn, of van land en water
recognition-double-ids = { $number } van { $total } rijen hebben een id die een andere rij ook heeft, of geen
recognition-no-cell = geen cel heeft een waarde die kan
recognition-cells-alone = de naam zegt meer dan dat, en cellen alleen zeggen het niet
recognition-name-more = de naam zegt meer dan dat: { $words }
recognition-days = in kolom { $first } staan dagen na die in { $second }
recognition-kind = rijen met { $kind } hebben geen dag in kolom { $column }, waar die zou moeten staan
recognition-elsewhere = alles ligt buiten Nederland: het coördinatenstelsel kan een ander zijn
recognition-answered = zo is het gezegd toen ernaar werd gevraagd
recognition-letters = de tekst is geen UTF-8, en is gelezen als { $encoding }: kloppen de letters?
recognition-as-is = flexruimte check zegt ervan: "{ $text }"
recognition-of-column = van kolom { $column } zegt flexruimte check: "{ $text }"

recognition-sure-certain = op zichzelf zeker
recognition-sure-likely = waarschijnlijk
recognition-sure-unsure = onzeker

folder-head = Geschreven door flexruimte new uit de bestanden in een map. Een tabel zonder # ervoor is met zekerheid herkend; waarom staat erboven. Wat niet zeker is, wordt gevraagd: haal het # weg van de regels die kloppen, verbeter ze waar nodig, en verwijder de andere.
folder-dates = Zeg van elke laag welke dag die beschrijft en onder welke licentie: reference_date = 2025-01-01, licence = "CC0".
folder-reasons = { $dataset }: { $reasons }.
folder-question = Is dit { $dataset }?
folder-questions = Welke hiervan is { $dataset }?
folder-candidate = { $source } ({ $sure }): { $reasons }. Niet zeker: { $questions }.
folder-more = Het kan ook zijn: { $sources }.
folder-current = Velden die zeggen welke objecten gelden zijn er niet: met "" tellen ze allemaal. Klopt dat?
folder-no-parcels = Geen bestand in de map is herkend als de percelen: vlakken met een kolom die elk een naam geeft. Zonder percelen is er geen studie.
folder-no-municipalities = Geen bestand in de map is herkend als de gemeenten: vlakken met een code zoals GM0363 en een naam. Zonder gemeenten is er geen studie.
folder-reach = De objecten liggen niet over alle gemeenten. Bevat de laag alles wat er is, zeg dan coverage = "complete"; is het een uitsnede, zeg dan coverage = "extent".
folder-missing = { $title }: geen bestand in de map is dit. { $ask }.
folder-not-in-catalogue = de catalogus heeft deze laag niet
folder-in-catalogue = flexruimte catalogue { $key } zegt waar het te halen is
folder-parcels = de percelen
folder-municipalities = de gemeenten
folder-decisions = de beslissingen
