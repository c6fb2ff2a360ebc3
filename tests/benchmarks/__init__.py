"""Measurements, run by `make bench`. Never part of the tests: times depend on the machine, ratios much less."""
