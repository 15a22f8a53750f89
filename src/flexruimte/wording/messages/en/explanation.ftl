### Why this parcel or why not: the explanation of a parcel

explanation-part-of-ranked = Parcel { $parcel } is part of location { $location }, rank { $rank } of { $ranked }: { $status }. What follows is about the parcel alone.
explanation-part-of = Parcel { $parcel } is part of location { $location }: { $status }. What follows is about the parcel alone.
explanation-outcome-alone = By itself parcel { $parcel } in { $municipality } is { $status }.
explanation-outcome-location = Location { $parcel } in { $municipality }, of { $parcels } parcels together, is { $status }. Below, 'the parcel' is the whole location.
explanation-outcome = Parcel { $parcel } in { $municipality } is { $status }.
decision-out = A decision of { $date } excludes this parcel: '{ $reason }'. That comes before all rules.
decision-in = A decision of { $date } admits this parcel: '{ $reason }'. That comes before hard rules and points of attention; what they say stays visible.
decision-in-overruled = A decision of { $date } admits this parcel: '{ $reason }'. A very hard rule says no and comes first: { $rules }.
weight-excludes = That excludes ({ $level }).
weight-overruled = That would exclude ({ $level }); a decision goes before it.
weight-attention = A point of attention ({ $level }).
weight-note = A note ({ $level }).
tally = { $count ->
    [one] Of 1 question: { $answers }.
   *[other] Of { $rules } questions: { $answers }.
}

explanation-fold = Every rule with its value, test and layer: --all; what each rests on: --sources.
criterion-sentence = { $about }: { $found }, { $points } of 100.
group-of-condition = { $part }: { $condition }
rank-of = { $rank } of { $ranked }
homes-of-project = { $project } in a project; there is room for { $homes } ({ $low } - { $high })
homes-not-laid-out = no layout made, as it is excluded
verdict-partly = { $verdict }, partly
footnote = { $study }, as of { $date }; rules { $ruleset } { $version }
footnote-left-out = not assessed: { $names }
