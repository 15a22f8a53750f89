### Of de waarden van een kaartlaag kunnen zijn wat haar naam zegt

doubt-cells = cellen
doubt-values = waarden
doubt-percent = { $number }%
doubt-outside = { $number } van { $count } { $what } ({ $share }) liggen niet tussen { $low } en { $high } { $unit }: { $seen }
doubt-there = er zijn er van { $low } tot { $high }
doubt-only = al deze zijn { $value }
doubt-missing = al deze zijn { $value }: staat dat voor niets, zeg dan nodata = { $nodata }
doubt-not-whole = { $number } van { $count } { $what } zijn geen hele getallen, dus geen { $unit }
doubt-all-alike = alle { $count } { $what } zijn { $value }, terwijl zo'n kaart van plek tot plek verschilt
doubt-half = de helft van de { $what } ligt onder { $value }, terwijl dat op zo'n kaart { $low } tot { $high } { $unit } is
doubt-zeros = { $share } van de { $what } is precies 0
doubt-beyond = { $number } cellen liggen niet tussen { $low } en { $high } { $unit } en tellen als ontbrekend
doubt-steps = { $share } van de cellen naast elkaar verschilt meer dan { $step } { $unit }, zoals bij muren, of bij gaten die met 0 zijn gevuld: staat 0 voor niets, zeg dan nodata = 0; er kunnen ook gebouwen in staan, of het is een andere eenheid
doubt-filled = { $share } van de cellen in { $place } is precies 0: staat dat voor niets, zeg dan nodata = 0
doubt-gaps = heeft een waarde in { $share } van het deel van { $place } met percelen waar zij komt; elders zijn haar regels onbekend, en wat ze nodig heeft krijgt geen plaats: kijk of zij heel is, en of nodata klopt
doubt-and-more = { $place } en te veel van { $number } meer
doubt-window = uitsnede { $number }
doubt-remedy = { $doubt }; kijk of het het goede bestand en de goede band is, en geef de eenheid met scale = ...
