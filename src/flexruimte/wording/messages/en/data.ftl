### Data: the catalogue, and what a new study says

## The catalogue

catalogue-dataset = dataset
catalogue-what = what it is
catalogue-how = how
catalogue-terms = licence, renewed
catalogue-or-ask = or: { $ask }
catalogue-serves-parcels = the parcels of a study
catalogue-serves-municipalities = the municipalities of a study
catalogue-silence = nothing at a place means: { $silence }
catalogue-without = without it is not known: { $rules }
catalogue-without-nothing = no rule asks for it
catalogue-template = table to fill in: { $columns }
catalogue-service = { $number }. { $protocol }, { $trust }: { $address }
catalogue-layer = layer { $layers }
catalogue-file = file { $file }
catalogue-field = { $name } = { $column }
catalogue-fields = fields: { $fields }
catalogue-terms-of = licence { $licence }, renewed { $cycle }, by { $attribution }
catalogue-no-cycle = unknown
catalogue-confirmed = confirmed on { $date }: { $how }
catalogue-not-copied = may not be fetched automatically
catalogue-trust-high = confirmed
catalogue-trust-medium = confirmed for the most part
catalogue-trust-low = not confirmed

## A new study

study-file-left-out = Left out knowingly: rules that need these do not count, and every output names them. Who adds such a layer takes it from this list.
study-file-head = Written by flexruimte new. Get the open data with flexruimte fetch, and rank with flexruimte run.
study-file-merged = { $told }.
study-file-from = { $title }. { $attribution }; { $licence }.
study-file-silence = Nothing at a place means: { $silence }.
study-file-no-service = { $title }: { $ask }.
study-file-not-confirmed = { $title }: no service is confirmed. Who wants to try takes the # away below this layer, and takes it from not_assessed.
study-file-forbidden = { $title }: the licence of { $address } ({ $licence }) forbids automatic copies. Fetch it by hand, put a table for it in the study, and take the layer from not_assessed.
study-file-not-in-catalogue = { $title }: the catalogue does not have this layer.
study-file-without = Without it is not known: { $rules }.
study-file-fill = { $title }. { $ask }. Fill in { $file }, take the # away here, and take { $key } from not_assessed.
study-file-try = { $title }. Not confirmed: { $how }.
