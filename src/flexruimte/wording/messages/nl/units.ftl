# Een getal met zijn eenheid; $count is het getal zelf, en kiest de vorm van de eenheid.

unit-m = { $number } m
unit-m2 = { $number } m²
unit-km = { $number } km
unit-cm = { $number } cm
unit-t = { $number } t
unit-share = { $number }%
unit-percent = { $number }%
unit-year = { $number } jaar
unit-db = { $number } dB
unit-db-lden = { $number } dB Lden
unit-ug-m3 = { $number } µg/m³
unit-count = { $number }
unit-homes = { $number } { $count ->
    [one] woning
   *[other] woningen
}
