"""Benches: what the product costs and how fast it is, beside a floor or a peer measured in the same run."""
