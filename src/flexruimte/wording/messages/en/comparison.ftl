### Two locations side by side

compare-location = Location
compare-why-class = Why that class
compare-theme = Score by theme
compare-rule = What the rules find differently
compare-apart = { $first } and { $second } lie in different municipalities; a rank is of one municipality.
compare-neither = Neither { $first } nor { $second } has a rank.
compare-ranked = { $first } has a rank, { $second } has not: { $status }.
compare-by-priority = { $first } comes before { $second } by priority: '{ $above }' comes before '{ $below }'.
compare-by-score = { $first } comes before { $second } by score: { $more } against { $less }; priority is equal.
compare-by-homes = { $first } comes before { $second } by homes: { $more } against { $less }; priority and score are equal.
compare-by-id = { $first } comes before { $second } by its id alone; priority, score and homes are equal.
