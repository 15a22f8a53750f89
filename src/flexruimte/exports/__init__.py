"""What is handed over: GeoJSON, GeoPackage, GeoParquet, CSV and the summary. Every file appears whole or not at all."""
