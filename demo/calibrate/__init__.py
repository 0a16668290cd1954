"""Arrival times held against a log of past responses: how right they are, and what would make them so."""
