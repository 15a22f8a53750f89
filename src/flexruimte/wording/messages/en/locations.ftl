### What is said of a location

location-rank = Rank { $rank } of { $ranked } in { $municipality }: { $status }.
location-no-rank = Not ranked in { $municipality }: { $status }.
location-priority = Priority: { $priority }.
location-kept-out = Not yet '{ $above }': { $findings }
location-topic-unknown = { $topic }: not known.
location-class-full = '{ $above }' is full of locations that score better.
location-next-to = Belongs to location { $location }, which lies right beside it and scores better: together that is one place in '{ $above }'.
location-too-little-suited = As far as known the place is not suitable enough for any of the target groups.
location-class-unanswered = Not known yet, and decisive for this place: { $topics }.
location-no-score = Too little is known for a score.
location-score = Score { $score } of 100.
location-score-between = Score { $score } of 100 (between { $low } and { $high }, depending on what is still unknown).
location-term = Free for { $years }: from { $start } to { $end }
location-term-open = No end known; { $years } can be had from { $start }
location-homes = Room for about { $homes } { $count ->
    [one] home
   *[other] homes
} ({ $low } to { $high }) on { $area }.
location-homes-project = A project of { $project } { $count ->
    [one] home
   *[other] homes
}; there is room for about { $homes } ({ $low } to { $high }) on { $area }.
location-objections = Objections: { $findings }
location-objections-overruled = Objections that a decision has overruled: { $findings }
location-attention = Mind: { $findings }
location-notes = Notes: { $findings }
location-more-notes = { $count ->
    [one] And 1 more note.
   *[other] And { $more } more notes.
}
location-missing = Not known: { $topics }.
location-left-out = Knowingly not assessed in this study: { $topics }.
topics-and-more = { $topics }; and { $more } more
