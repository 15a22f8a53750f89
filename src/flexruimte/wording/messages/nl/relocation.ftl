### Een plan van verhuizingen

relocation-homes = { $home_count ->
    [one] 1 woning
   *[other] { $homes } woningen
} in { $group_count ->
    [one] 1 groep
   *[other] { $groups } groepen
}, { $first } tot { $end }.
relocation-no-home = Er is geen woning om een volgende plek voor te zoeken: geen locatie met een rang en een termijn heeft er ruimte voor.
relocation-none-leaves = Geen woning hoeft in die tijd van haar plek af.
relocation-secured = Voor { $share }% van de woningen die weg moeten is er een volgende plek.
relocation-moves = { $count ->
    [one] 1 verhuizing van een groep kost € { $money }.
   *[other] { $moves } verhuizingen van een groep kosten samen € { $money }.
}
relocation-stranded = In { $year } is er voor { $count ->
    [one] 1 woning
   *[other] { $homes } woningen
} geen volgende plek.
relocation-gap = Een beter plan scheelt ten hoogste { $gap }%.
relocation-written = het plan staat in { $folder } en { $geojson }
