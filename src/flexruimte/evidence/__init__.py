"""From a source to clean shapes and tables around parcels, and the area that they speak of."""
