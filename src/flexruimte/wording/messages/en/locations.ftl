### What is said of a location

location-rank = Rank { $rank } of { $ranked } in { $municipality }: { $status }.
location-no-rank = Not ranked in { $municipality }: { $status }.
location-priority = Priority: { $priority }.
location-kept-out = For '{ $above }' this is not certain: { $rules }.
location-class-full = '{ $above }' is full of locations that score better.
location-no-score = Too little is known for a score.
location-score = Score { $score } of 100.
location-score-between = Score { $score } of 100 (between { $low } and { $high }, depending on what is still unknown).
location-term = Free for { $years } from { $start }.
location-homes = Room for about { $homes } { $count ->
    [one] home
   *[other] homes
} ({ $low } to { $high }) on { $area }.
location-objections = Objections: { $rules }.
location-objections-overruled = Objections that a decision overrules: { $rules }.
location-attention = Mind: { $rules }.
location-missing = Not known: { $rules }.
rules-and-more = { $rules } and { $more } more
