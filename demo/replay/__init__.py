"""Real past incidents out of a table, as if happening: mapping, rows, plan (all pure), then the player."""
