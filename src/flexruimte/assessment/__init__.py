"""One municipality: what the layers say of its parcels, what the rules make of that, and how it is ranked. `pipeline` knows the order."""
