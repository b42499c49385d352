"""Reading: every log record people have into two canonical tables, with none lost on the way."""
