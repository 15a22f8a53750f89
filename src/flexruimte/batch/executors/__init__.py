"""Who computes the municipalities of a run: processes on this machine, or a Dask cluster."""
