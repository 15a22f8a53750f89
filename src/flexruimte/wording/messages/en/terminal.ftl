### What a command says in a terminal at its end

## After a run

run-municipality = municipality
run-state = state
run-failed = failed
run-unchanged = unchanged
run-homes = homes
together = together
run-caption = locations (homes) and hectares of usable land; parcels that are not ranked
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
} in { $table } and, for a spreadsheet, { $sheet }
run-hectares = hectares after each condition in { $file }
run-map = the map: { $file }
run-reports = { $count ->
    [one] the report for the council: { $file }
   *[other] the reports for the council: { $file } and { $more } more
}
run-log = what happened when: { $file }

## Hectares after each condition

hectares-all = all land
hectares-use = extensive use
hectares-restriction = no restriction
hectares-plan = no hard plan
hectares-available = available
hectares-suitable = suitable
hectares-left-out = left out
hectares-group = target group
hectares-owner = owner
hectares-caption = hectares left after each condition; +: left if what is not known says yes
hectares-not-counted = { $caption }; not counted: { $names }

## What if

what-if-rule = rule
what-if-takes = takes
what-if-frees = frees
what-if-locations = sites
what-if-homes = homes
what-if-best = best class
what-if-softer = softer
what-if-half = half distance
what-if-rules-say = takes: hectares that a rule takes, whatever others take; frees: hectares that come free when it alone is off, with locations, homes and how many of these in the best class; softer, half distance: hectares that come free when it is one level softer, or has half its distance
what-if-other-rules = { $count ->
    [one] 1 more rule takes
   *[other] { $number } more rules take
} less, or nothing
what-if-hectares = ha
what-if-best-homes = homes in it
what-if-variants-say = in brackets: how many locations enter and leave the list; best class: locations in the best class of priority
what-if-new-survey = needs a new survey (--new-surveys)
what-if-enters = enters: { $names }
what-if-leaves = leaves: { $names }
what-if-ranked = all ranked
what-if-moves = { $place }, { $variant }, '{ $list }': { $changes }
what-if-order-same = { $place }, { $variant }: all locations keep their rank
what-if-order = { $place }, { $variant }: { $count ->
    [one] 1 location gets
   *[other] { $number } locations get
} another rank, the largest move is { $places }; the first is { $first } (was { $before })
what-if-order-new = { $place }, { $variant }: { $count ->
    [one] 1 location gets
   *[other] { $number } locations get
} another rank, the largest move is { $places }; the first is { $first } (had no rank)
what-if-not-done = not in it: { $code } ({ $state }); run the study again
what-if-kept = { $names }: of an earlier call, not made anew
more-in = more in { $names }

## Targets and costs

targets-target = target
targets-place = place
targets-homes = homes
targets-outcome = outcome
targets-secured = secured
targets-short = short
outcome-covered = covered
outcome-short = short
outcome-unknown = unknown
targets-unknown = '{ $target }' is unknown: { $number } of { $all } municipalities were assessed.
targets-held-against = '{ $target }' is held against { $number } of { $all } municipalities, those of this run.
targets-of-all = all { $all } municipalities of { $place }
targets-of-some = { $number } of { $all } municipalities of { $place }, those of this run
targets-of-some-of-unknown = { $number } municipalities of { $place }, those of this run
targets-without = Not assessed: { $names }.
costs-no-end = { $count ->
    [one] 1 location has
   *[other] { $number } locations have
} no known end of the term: the { $years } that are asked count there (counted_years), as for moves
costs-written = costs of { $count ->
    [one] 1 location
   *[other] { $number } locations
} in { $written }, the figures in { $used }

next = Next:
next-fetch = get the data
next-check = see whether all is there
next-check-again = look again, when that is mended
next-run = rank it
next-again = only what failed
next-view = the map, in a browser
next-report = put this in the reports
next-explain = why this location
next-explain-first = why the first
next-explain-second = why the second
next-all-rules = every rule on this parcel
next-compare = beside another location
next-whatif = what each rule takes
next-targets = held against targets
next-relocate = where homes go afterwards
next-costs = what it costs
next-new = a study of a municipality
next-dataset = one dataset in full
next-layer = one layer in full
next-rule = one rule in full
next-rules = all rules

## Rules

rules-count = { $name } { $version }: { $count ->
    [one] 1 rule
   *[other] { $number } rules
}
rules-priorities = Classes of priority
rule-must-pass = must say yes for '{ $name }'
rule-may-refuse = a no keeps out of '{ $name }'
