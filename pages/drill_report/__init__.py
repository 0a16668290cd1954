"""The report of a drill (`core.drill_report`) in words and on paper."""
