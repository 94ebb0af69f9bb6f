"""Validation: all that is wrong with a file or frame, found in one pass against its table."""
