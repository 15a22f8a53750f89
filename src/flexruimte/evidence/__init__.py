"""From a source to clean shapes and tables: what is read, around which parcels, and what it speaks of."""
