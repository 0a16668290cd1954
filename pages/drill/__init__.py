"""`/drills/ID`: one drill, as each of its roles sees it."""
