"""Fetching open data: the services of a catalogue become files, whole or not at all."""
