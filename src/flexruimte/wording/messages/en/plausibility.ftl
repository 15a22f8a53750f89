### Whether the values of a layer can be what its name says

doubt-cells = cells
doubt-values = values
doubt-percent = { $number }%
doubt-outside = { $number } of { $count } { $what } ({ $share }) lie outside { $low } to { $high } { $unit }: { $seen }
doubt-there = there are { $low } to { $high }
doubt-only = all of these are { $value }
doubt-missing = all of these are { $value }: if that stands for missing, say nodata = { $nodata }
doubt-not-whole = { $number } of { $count } { $what } are no whole numbers, so no { $unit }
doubt-all-alike = all of its { $count } { $what } are { $value }, where such a map differs from place to place
doubt-half = half of its { $what } are below { $value }, where on such a map that is { $low } to { $high } { $unit }
doubt-zeros = { $share } of its { $what } are exactly 0
doubt-beyond = { $number } cells lie outside { $low } to { $high } { $unit } and are missing
doubt-steps = { $share } of its neighbouring cells differ by more than { $step } { $unit }, as walls do, or holes that were filled with 0: if 0 stands for missing, say nodata = 0; it may also hold buildings, or be in another unit
doubt-filled = { $share } of its cells in { $place } are exactly 0: if that stands for missing, say nodata = 0
doubt-gaps = has a value in { $share } of the parcels' part of { $place } that it reaches; elsewhere its rules are unknown, and what needs them is not ranked: see whether it is whole, and its nodata right
doubt-and-more = { $place } and too much of { $number } more
doubt-window = window { $number }
doubt-remedy = { $doubt }; see whether it is the right file and band, and give its unit with scale = ...
