"""What is not computed again: what a result rests on, and what was found before."""
