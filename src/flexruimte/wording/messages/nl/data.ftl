### Gegevens: de catalogus, en wat in een nieuwe studie staat

## De catalogus

catalogue-dataset = dataset
catalogue-what = wat het is
catalogue-how = hoe
catalogue-terms = licentie, vernieuwd
catalogue-or-ask = of: { $ask }
catalogue-serves-parcels = de percelen van een studie
catalogue-serves-municipalities = de gemeenten van een studie
catalogue-silence = niets op een plek betekent: { $silence }
catalogue-without = zonder blijft onbekend: { $rules }
catalogue-without-nothing = geen regel vraagt ernaar
catalogue-template = tabel om in te vullen: { $columns }
catalogue-service = { $number }. { $protocol }, { $trust }: { $address }
catalogue-layer = laag { $layers }
catalogue-file = bestand { $file }
catalogue-field = { $name } = { $column }
catalogue-fields = velden: { $fields }
catalogue-terms-of = licentie { $licence }, vernieuwd { $cycle }, bron { $attribution }
catalogue-no-cycle = onbekend
catalogue-confirmed = bevestigd op { $date }: { $how }
catalogue-not-copied = mag niet automatisch worden opgehaald
catalogue-trust-high = bevestigd
catalogue-trust-medium = grotendeels bevestigd
catalogue-trust-low = niet bevestigd

## Een nieuwe studie

study-file-left-out = Bewust weggelaten: regels die deze nodig hebben tellen niet mee, en elke uitvoer noemt ze. Wie zo'n laag toevoegt, haalt haar uit deze lijst.
study-file-head = Geschreven door flexruimte new. Haal de open data op met flexruimte fetch, en rangschik met flexruimte run.
study-file-merged = { $told }.
study-file-from = { $title }. { $attribution }; { $licence }.
study-file-silence = Niets op een plek betekent: { $silence }.
study-file-no-service = { $title }: { $ask }.
study-file-not-confirmed = { $title }: geen dienst is bevestigd. Wie het wil proberen haalt onder deze laag de # weg, en haalt haar uit not_assessed.
study-file-forbidden = { $title }: de licentie van { $address } ({ $licence }) staat automatisch kopiëren niet toe. Haal het met de hand op, zet er een tabel voor in de studie, en haal de laag uit not_assessed.
study-file-not-in-catalogue = { $title }: de catalogus heeft deze laag niet.
study-file-without = Zonder blijft onbekend: { $rules }.
study-file-fill = { $title }. { $ask }. Vul { $file } in, haal hier de # weg, en haal { $key } uit not_assessed.
study-file-try = { $title }. Niet bevestigd: { $how }.
