"""One municipality: what the layers say of its parcels, what the rules make of it, and the rank.

`pipeline` knows the order.
"""
