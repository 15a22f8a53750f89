"""What follows from the results on disk: targets, costs, and where homes go when their term ends."""
