### Wat er van een locatie gezegd wordt

location-rank = Plaats { $rank } van { $ranked } in { $municipality }: { $status }.
location-no-rank = Niet gerangschikt in { $municipality }: { $status }.
location-priority = Voorrang: { $priority }.
location-kept-out = Voor '{ $above }' staat niet vast: { $rules }.
location-class-full = '{ $above }' is vol met locaties die beter scoren.
location-no-score = Er is te weinig bekend voor een score.
location-score = Score { $score } van 100.
location-score-between = Score { $score } van 100 (tussen { $low } en { $high }, naar wat nog onbekend is uitpakt).
location-term = Vrij voor { $years } vanaf { $start }.
location-homes = Ruimte voor ongeveer { $homes } { $count ->
    [one] woning
   *[other] woningen
} ({ $low } tot { $high }) op { $area }.
location-objections = Bezwaren: { $rules }.
location-objections-overruled = Bezwaren waar een besluit overheen stapt: { $rules }.
location-attention = Let op: { $rules }.
location-missing = Niet bekend: { $rules }.
rules-and-more = { $rules } en nog { $more }
