### The report of a municipality for its council, and the dossiers of the shortlist

report-title = Room for relocatable homes in { $municipality }
report-subtitle = { $study }, as of { $date }
report-lead-land = Of the { $hectares } hectares of land in { $municipality }, { $available } hectares are available for relocatable homes.
report-lead-not-assessed = That is without a look at: { $conditions }.
report-lead-unknown = Of another { $hectares } hectares it is not known whether they are available.
report-lead-ranked = { $count ->
    [one] One location has a place in the ranking.
   *[other] { $number } locations have a place in the ranking.
}
report-lead-shortlist = { $count ->
    [one] One of them is in the highest class, '{ $title }', with room for { $homes } homes.
   *[other] Of these, { $number } are in the highest class, '{ $title }', with room for { $homes } homes together.
}
report-lead-first = The best { $number } are in this report; the others are in the table of the run.

## How much land

report-funnel = How much land there is, and what is left of it
report-funnel-note = Each row keeps what meets the rows above it too. Hatched: what is added if the answer to all that is not known turns out favourable.
report-funnel-condition = Condition
report-funnel-hectares = Hectares
report-funnel-suitable = Suitable for a target group ({ $points } points or more)
report-unknown-more = not known

## The map

report-map = Where the locations are
report-map-title = Map of { $municipality } with the locations
report-legend = { $title } ({ $number })
report-legend-ranked = Other locations in the ranking
report-legend-unknown = Cannot be judged: data are missing
report-legend-other = Other parcels
report-north = North is up.

## The locations

report-best-ranked = The best ranked locations
report-location = Location
report-site-title = { $kind } { $location } { $more }
report-parcels = ({ $number } parcels together)
report-site-map-title = Map of location { $location }
report-site-map-note = Small maps: with a thick outline the location, lightly tinted the usable part with the homes as they could stand there, hatched what falls away.
report-buildable = { $area } usable
report-owner-of = owner: { $owner }
report-group = { $group }, with { $points } of 100 points
report-free = free from { $first } to { $last }
report-free-from = free from { $year }, no end known
report-heading-why = Why here
report-heading-open = What is open
report-heading-next = For whom, and what now
report-why = Place { $rank } of { $ranked } with { $score } of 100 points: strongest in { $best } ({ $best_points }), weakest in { $worst } ({ $worst_points }).
report-why-short = { $score } of 100 points: strongest in { $best } ({ $best_points }), weakest in { $worst } ({ $worst_points }).
report-why-rank = Place { $rank } of { $ranked } with { $score } of 100 points.
report-open-unknown = Not known yet: { $topics }.
report-open-nothing = Nothing calls for attention, and all that decides here is known.
report-notes = { $count ->
    [one] There is 1 note.
   *[other] There are { $number } notes.
}
report-more-points = { $count ->
    [one] 1 more point is in the dossier.
   *[other] { $number } more points are in the dossier.
}
report-suits = Best suited to { $group }.
report-first-step = First step: { $advice }
report-first-step-none = First step: discuss this location with the neighbours and the council.
report-to-dossiers = All that was found on each location is on a page of its own, in the dossiers: { $file }.

## What fell away, and what if

report-excluded = What takes land away
report-excluded-note = Hectares that a rule takes away. Land that several rules speak of counts for each of them.
report-excluded-more = { $count ->
    [one] 1 more rule takes less.
   *[other] { $number } more rules take less.
}
report-not-met = Does not meet: { $wish }
report-too-small = What is left is too small or too narrow, without another objection
report-excluded-none = No rule takes land away here.
report-rule = Rule
report-what-if = What if
report-freed = What comes free if this rule alone did not hold
report-variants = What other choices give
report-variant = Choice
report-locations = Locations
report-homes = Homes
report-best-class = In the highest class

## What is not known

report-not-known = What is not known
report-known = On average { $share } of the questions have an answer.
report-left-out = Knowingly not assessed: { $names }.
report-absent = These map layers are missing: { $names }.
report-optional = These map layers could tell more, and are not there: { $names }.
report-approximated = Determined by approximation: { $names }.
report-unknown = Most often not known: { $topics }.
report-unknown-topic = { $count ->
    [one] { $topic } (1 parcel)
   *[other] { $topic } ({ $parcels } parcels)
}
report-unread-plans = { $count ->
    [one] One housing plan could not be used, as something is missing in it.
   *[other] { $number } housing plans could not be used, as something is missing in them.
}
report-groups-assumed = How much things weigh for a target group is an example that the municipality can change, and no research.
report-not-said = This says nothing about support in the neighbourhood, about costs, or about what can be seen on site.

## Why there is nothing

report-none-ranked = No location here has a place in the ranking.
report-none-excluded = What excludes most parcels: { $rules }.
report-none-unknown = Data are missing most often on: { $rules }.
report-none-in-class = { $count ->
    [one] One location has a place in the ranking, and it does not meet all that '{ $title }' asks.
   *[other] { $number } locations have a place in the ranking, and none of them meets all that '{ $title }' asks.
}
report-none-silent = Nothing can be '{ $title }', as that needs a yes on: { $rules }. Nothing is known of that.

## How it was done

report-method = How the ranking was made
report-method-parcels = All { $number } parcels in the data were looked at; nothing was chosen beforehand.
report-method-rules = Each parcel was held against { $number } rules, on: { $conditions }.
report-method-source = Of each rule it is laid down how hard it is and where it comes from: the law, research, practice or an assumption; a municipality can change every rule.
report-method-land = What a hard rule covers was taken from the parcel; what is left must be large and wide enough.
report-method-sites = Parcels that touch are one location where the study allows that and it turns out better.
report-method-term = The homes must be able to stand there for { $years }, counted from the day on which the land is free.
report-method-unknown = Where data are missing the answer is 'unknown': that counts neither as yes nor as no.
report-method-classes = First it was determined in which class a location falls, by what is in the way and who has to be talked to: { $classes }.
report-method-score = Then a score of 0 to 100 decides, made up of { $themes }.
report-theme-weight = { $theme } ({ $share }%)
report-method-homes = The number of homes follows from a trial with modules on the usable part; for one project at most { $homes } count.
report-quoted = '{ $name }'

## Sources and signature

report-sources = Sources
report-sources-note = With the day that the data describe. Licence, where nothing else is said: { $licence }.
report-source-parcels = Parcels
report-source-municipalities = Municipal boundaries
report-source-decisions = Decisions on parcels
report-no-licence = licence not stated
report-signature = Study '{ $study }', as of { $date }; ruleset '{ $ruleset }' { $version }; made with flexruimte { $software }.

## Dossiers

report-dossiers-title = Dossiers of locations in { $municipality }
report-dossiers-list = The locations
report-back = To the report
report-facts = In short
report-term = How long the land is free
report-term-unknown = How long the land is free is not known.
report-term-title = Line of time of location { $location }
report-term-asked = asked: { $years }
report-term-pessimistic = { $years } if soft plans go ahead
report-way-in = The way in
report-way-in-no = Not as asked
report-way-in-unknown = Not known
report-way-in-yes = In order
report-way-in-found = { $asked }: { $found }
report-way-in-none = The way in was not looked at.
report-found = What was found
report-fine = In order
report-whom = With whom, and what to do
report-owner = Owner
report-owner-is = Owner of the land: { $owner }.
report-best-group = Suits best
report-ask = { $layer }: { $ask }
report-next-place = Where the homes can go afterwards
report-next-not-planned = That has not been worked out yet.
report-next-not-in-plan = In the plan of moves no homes stand on this location.
report-next-stays = Within the years of the plan the homes need not leave here.
report-move = { $year }: { $count ->
    [one] { $homes } can go to location { $location }, { $distance } away ({ $where }).
   *[other] { $homes } can go to location { $location }, { $distance } away ({ $where }).
}
report-stranded = { $year }: for { $homes } there is no next place; { $reason }.
