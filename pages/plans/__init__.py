"""`/plans`: the plan library, one plan as tables and as the chart that runs, its versions, its editing."""
