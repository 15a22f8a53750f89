"""From the services that a catalogue names to whole files: one module per protocol."""
