### Een rangschikking in een notebook, kaarten, stijlen van QGIS en tabellen van regels

## Notebook

ranking-too-little-known = Er is te weinig bekend voor een rangorde.
ranking-empty = Geen enkel perceel is beschikbaar.
ranking-left-out = Bewust niet beoordeeld: { $names }.
ranking-absent = Kaartlagen die ontbreken: { $names }.
ranking-approximated = Benaderd: { $names }.
ranking-known = Gemiddeld is op { $share }% van de vragen een antwoord bekend.

## Kaarten

legend-score = score { $low }-{ $high } ({ $number })
legend-status = { $status } ({ $number })
legend-without-score = zonder score

## Tabel van regels

rule-level-off = { $level } (uit)
rule-distance-of-feature = { $layer }: afstand uit { $field }
rule-not-on = { $layer }: niet erop
rule-not-within = { $layer }: niet binnen { $distance }
rule-not-above = { $layer }: niet waar het boven { $value } is

# De tabel van de wet
regime-no-maximum = geen maximum
regime-by-realisation = { $period }, naar de dag van realisatie
regime-always = altijd
regime-from = vanaf { $start }
regime-until = tot en met { $end }
regime-between = { $start } tot en met { $end }
regime-title = Wet
