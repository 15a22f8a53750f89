### Why this parcel or why not: the explanation of a parcel

explanation-outcome = Parcel { $parcel } in { $municipality } is { $status }.
decision-out = A decision of { $date } excludes this parcel: '{ $reason }'. That comes before all rules.
decision-in = A decision of { $date } admits this parcel: '{ $reason }'. That comes before the hard rules; what they say stays visible.
decision-in-overruled = A decision of { $date } admits this parcel: '{ $reason }'. A very hard rule says no and comes first: { $rules }.
weight-excludes = That excludes ({ $level }).
weight-attention = A point of attention ({ $level }).
weight-note = A note ({ $level }).
tally = { $count ->
    [one] Of 1 question: { $answers }.
   *[other] Of { $rules } questions: { $answers }.
}

criterion-sentence = { $about }: { $found }, { $points } of 100.
group-of-condition = { $part }: { $condition }
rank-of = { $rank } of { $ranked }
homes-not-laid-out = no layout made, as it is excluded
verdict-partly = { $verdict }, partly
footnote = { $study }, as of { $date }; rules { $ruleset } { $version }
footnote-left-out = not assessed: { $names }
