"""`/briefing/ID`: the reports of a response, drafted and sent, and what the towns have lost."""
