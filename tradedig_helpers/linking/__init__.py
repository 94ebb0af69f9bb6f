"""Firms linked over time and across sources, by their codes, names and domains."""
