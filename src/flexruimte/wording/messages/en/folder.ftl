### A study from a folder: what was recognised, and why

recognition-name = its name is one of that dataset
recognition-name-part = a name of that dataset stands in its name
recognition-columns = it has the column { $columns }
recognition-own-word = "{ $word }" stands in it, which no other dataset has
recognition-by-values = what stands in column { $column } is { $field }
recognition-cells = its cells lie within { $low } to { $high } { $unit }
recognition-repaired-ids = { $number } of { $total } ids stand there twice or are empty, and repair_ids numbers them
recognition-in-place = it is { $name }, which may be used in its place

recognition-without-status = it has the outlines of buildings at ground level, and not their status in the BAG: used in its place, every building counts as in use
recognition-any-of = it may be any of { $datasets }
recognition-rivals = there are { $number } that it may be: { $sources }
recognition-name-alone = its name says so, and none of its columns does
recognition-not-enough = files of other datasets may have this too, and its name does not tell
recognition-other-name = its name is that of { $datasets }
recognition-other-name-part = in its name stands that of { $datasets }
recognition-other-columns = its columns are those of { $datasets }
recognition-history = column { $columns } says of some of its objects that they are no more: are those to be left out?
recognition-doubtful-word = "{ $word }" in its name may mean that it is a part, or another one
recognition-foreign-word = "{ $word }" stands in it, which is a word of { $dataset }
recognition-shapes = its shapes are { $there }, and { $wanted } are needed
recognition-several-columns = field { $field } may be any of the columns { $columns }
recognition-strange = column { $column } has { $words }, which { $field } cannot hold
recognition-lost = no column is known to hold { $fields }
recognition-empty = { $share } of its rows have nothing in { $columns }: are all rows meant?
recognition-codes = its codes are not such as GM0363
recognition-several-rows = a municipality has several rows: it may be a map of quarters, or of land and water
recognition-double-ids = { $number } of { $total } rows have an id that another row has, or none
recognition-no-cell = no cell has a value that can be
recognition-cells-alone = its name says more than that, and cells alone do not tell
recognition-name-more = its name says more than that: { $words }
recognition-days = column { $first } holds days after those in { $second }
recognition-kind = rows with { $kind } have no day in column { $column }, which they ought to
recognition-elsewhere = all of it lies outside of the Netherlands: its coordinate reference system may be another
recognition-answered = that is what was answered
recognition-letters = its text is no UTF-8, and was read as { $encoding }: are its letters right?
recognition-as-is = flexruimte check says of it: "{ $text }"
recognition-of-column = of column { $column } flexruimte check says: "{ $text }"

recognition-sure-certain = certain by itself
recognition-sure-likely = likely
recognition-sure-unsure = unsure

folder-head = Written by flexruimte new from the files in a folder. A table without # in front was recognised for certain; why stands above it. What is not certain is asked: take the # away from the lines that are right, correct them where needed, and remove the others.
folder-dates = Say of each layer which day it describes and under which licence it came: reference_date = 2025-01-01, licence = "CC0".
folder-reasons = { $dataset }: { $reasons }.
folder-question = Is this { $dataset }?
folder-questions = Which of these is { $dataset }?
folder-candidate = { $source } ({ $sure }): { $reasons }. Not certain: { $questions }.
folder-more = It may also be: { $sources }.
folder-current = Fields that tell which objects are in force are not there: with "" all of them count. Is that right?
folder-no-parcels = No file in the folder was recognised as the parcels: polygons with a column that names each of them. Without parcels there is no study.
folder-no-municipalities = No file in the folder was recognised as the municipalities: polygons with a code such as GM0363 and a name. Without them there is no study.
folder-reach = Its features do not reach over all of the municipalities. If it holds all there are, say coverage = "complete"; if it is a part that was cut out, say coverage = "extent".
folder-missing = { $title }: no file in the folder is this. { $ask }.
folder-not-in-catalogue = the catalogue does not have this layer
folder-in-catalogue = flexruimte catalogue { $key } says where it is to be had
folder-parcels = the parcels
folder-municipalities = the municipalities
folder-decisions = the decisions
