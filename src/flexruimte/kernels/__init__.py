"""Arrays in, arrays out: geometry, rasters, roads and layouts. No tables, no files, no rules."""
