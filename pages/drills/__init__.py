"""`/drills`: the drills there are, their year's ledger, the scripts; and a script as it is written."""
