"""A replay, for a terminal, as JSON and as CSV. The modules are imported where they are used."""
