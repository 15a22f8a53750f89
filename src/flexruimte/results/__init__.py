"""What is handed over: GeoJSON, GeoPackage, GeoParquet, CSV, the summary; and reading it back.

Files appear whole or not at all.
"""
