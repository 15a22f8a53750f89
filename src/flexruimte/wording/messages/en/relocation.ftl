### A plan of moves

relocation-homes = { $home_count ->
    [one] 1 home
   *[other] { $homes } homes
} in { $group_count ->
    [one] 1 group
   *[other] { $groups } groups
}, { $first } to { $end }.
relocation-no-home = There is no home to find a next place for: no location with a rank and a term has room for one.
relocation-none-leaves = No home has to leave its place within the plan.
relocation-secured = { $share }% of the homes that have to leave have a next place.
relocation-moves = { $count ->
    [one] 1 move of a group costs EUR { $money }.
   *[other] { $moves } moves of a group cost EUR { $money }.
}
relocation-stranded = { $count ->
    [one] 1 home has no next place in { $year }.
   *[other] { $homes } homes have no next place in { $year }.
}
relocation-gap = A better plan saves at most { $gap }%.
relocation-written = the plan is in { $folder } and { $geojson }
