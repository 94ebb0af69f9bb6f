"""Frames of any engine in one plain form, the caller's names and options, and what was dropped."""
