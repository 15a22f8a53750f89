### What a command says in a terminal at its end

## After a run

run-municipality = municipality
run-state = state
run-failed = failed
run-unchanged = unchanged
run-homes = homes
run-caption = locations (homes); parcels that are not ranked
run-little-known = with few layers this is no ranking yet: of half of the ranked locations no more than this share of rules and criteria has an answer: { $where }; flexruimte check names what is missing
run-shared-score = many ranked locations share one score: { $where }; among them homes and then ids decide
run-share-of = { $number } of { $ranked }
run-unreachable = nothing can be in '{ $class }' in { $where }: it asks a yes of { $rules }, and nothing is known of that
run-left-out = knowingly not assessed: { $names }; what rests on that ({ $count ->
    [one] 1 rule or criterion
   *[other] { $number } rules and criteria
}) counts for no parcel
run-names-and-more = { $names } and { $more } more
run-failure = { $municipality } failed: { $error }
run-empty = { $count ->
    [one] 1 municipality has
   *[other] { $number } municipalities have
} no parcels in this study
run-without-score = { $count ->
    [one] 1 location has
   *[other] { $number } locations have
} no score and no rank: too little of what the score weighs is known of them (score_known_share in parcels.parquet)
run-ranking = { $count ->
    [one] 1 ranked location
   *[other] { $number } ranked locations
} in { $file }
run-hectares = hectares after each condition in { $file }

## Hectares after each condition

hectares-all = all land
hectares-use = extensive use
hectares-restriction = no restriction
hectares-plan = no hard plan
hectares-available = available
hectares-suitable = suitable
hectares-left-out = left out
hectares-together = together
hectares-group = target group
hectares-owner = owner
hectares-caption = hectares left after each condition; +: left if what is not known says yes
hectares-not-counted = { $caption }; not counted: { $names }
