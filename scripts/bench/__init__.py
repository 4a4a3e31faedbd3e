"""Measure casework beside its peers, and the build beside itself: `make bench`; docs/bench.md says how to read the table."""
