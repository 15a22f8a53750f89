# A number with its unit; $count is the number itself, and chooses the form of the unit.

unit-m = { $number } m
unit-m2 = { $number } m²
unit-km = { $number } km
unit-cm = { $number } cm
unit-t = { $number } t
unit-share = { $number }%
unit-percent = { $number }%
unit-year = { $number } { $count ->
    [one] year
   *[other] years
}
unit-db = { $number } dB
unit-db-lden = { $number } dB Lden
unit-ug-m3 = { $number } µg/m³
unit-count = { $number }
unit-homes = { $number } { $count ->
    [one] home
   *[other] homes
}
