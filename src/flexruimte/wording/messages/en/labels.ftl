### Words of the vocabulary; the id is the kind and the word.

## Status of a parcel

status-available = available
status-attention = available, with points of attention
status-unknown = cannot be judged: evidence is missing
status-excluded = excluded

## Answer to a rule

verdict-yes = yes
verdict-no = no
verdict-unknown = unknown
verdict-left_out = not assessed
verdict-scored = score

## The answers to all rules together, after a number

tally-yes = favourable
tally-no = unfavourable
tally-unknown = unknown
tally-left_out = knowingly not assessed

## Level of a rule

level-very_hard = very hard
level-hard = hard
level-medium = medium
level-soft = soft

## Condition that a rule is about

condition-decision = Decision
condition-use = Use of the land
condition-restriction = Restrictions
condition-plan = Housing plans
condition-term = Term
condition-site = The site itself
condition-access = Access and connections
condition-environment = Living environment
condition-criterion = Scores

## Parts of an explanation, in order

part-objection = What excludes
part-overruled = Objections that a decision has overruled
part-attention = Points of attention
part-note = Notes
part-missing = What is still open
part-taken = Land that is taken away
part-fine = In order
part-left_out = Knowingly not assessed
part-criterion = Scores

## What a value rests on

basis-law = law
basis-pbl = PBL
basis-practice = practice
basis-assumption = assumption

## Where a next place is sought

search-municipality = in the own municipality
search-region = in the region
search-province = in the province
search-country = elsewhere in the country

## Why there is no next place

stranded-moves_used = the most moves have been made
stranded-no_open_site = no site is free then for long enough
stranded-no_room = the sites that are free then are full or too small

## Parts of a layout

layout-module = module
layout-road = road for emergency services
layout-paved = paving
layout-path = path

## Measures that every ruleset has

measure-area_m2 = Area of the parcel
measure-buildable_m2 = Buildable part
measure-largest_part_m2 = Largest connected buildable part
measure-width_m = Width of the buildable part
measure-hard_plan_free_years = Years until the first hard housing plan
measure-term_years = Term
measure-pessimistic_term_years = Term if soft plans go ahead
measure-start_delay_years = Wait until the land is free, after the lead time
measure-term_end_class = End of the term
measure-homes_low = Homes, low estimate
measure-homes_mid = Homes, middle estimate
measure-homes_high = Homes, high estimate
measure-homes = Homes of a project
measure-site_type_class = Site type
measure-size_class = Project size
measure-medium_points_count = Number of rules of level medium that say no

## Columns and headings

column-parcel_id = Location
column-location = Part of location
column-rank = Rank
column-priority = Priority
column-passes = Must say yes
column-refuses = May not say no
column-most = At most
column-status = Status
column-score = Score
column-area_m2 = Area
column-buildable_m2 = Buildable part
column-term_years = Term
column-homes_mid = Homes, middle estimate
column-site_type = Site type
column-known_share = Share of questions answered
column-attention = Points of attention
column-plans = Housing plans
column-rule = Rule
column-finding = Finding
column-when_unknown = Where it is not known
column-measure = Measure
column-parameters = Choices of the study
column-regimes = Lifted by
column-priorities = In the priority
column-advice = What to do
column-title = Question
column-condition = Condition
column-level = Level
column-regime = Row of law
column-period = When
column-where = Where
column-longest = Longest stay
column-lifts = Lifts
column-note = Note
column-level_reason = Why that level
column-verdict = Verdict
column-found = Found
column-test = Asked
column-features = Because of
column-layer = Layer
column-kind = Kind
column-unit = Unit
column-fields = Fields
column-source = Source of the rule
column-basis = Basis
column-homes = Homes
column-parcels = Parcels
column-locations = Locations
column-hectares = Hectares
column-suitability = Suitability
column-best_group = Suits best
column-owner_class = Owner
column-decision = Decision
column-decision_date = Date of the decision
column-decision_reason = Reason for the decision
column-explanation = Explanation
column-findings = Findings
column-kept_out_by = Keeps out of the class above (id)
column-notes = Notes
column-missing = What is not known
column-reasons = What excludes
column-gemeente_code = Code of the municipality
column-gemeente = Municipality
column-parcel_ids = Parcels
column-site_id = Part of location
column-score_low = Score, if the unknown turns out bad
column-score_high = Score, if the unknown turns out well
column-score_known_share = Share of the score that is known
column-term_start = Start of the term
column-term_end = End of the term

## What a layer holds

geometry-polygon = polygons
geometry-line = lines
geometry-point = points
geometry-mixed = points, lines and areas
geometry-raster = raster
geometry-table = table

## Other

unknown = unknown
no-homes = no homes
other-site-type = other
beyond-transport-tiers = with a permit per route only
