"""The book's workshop: theory, explorers, synthetic economy, truth, audit, presentation.

It stands on :mod:`tradedig_helpers`, which never imports it.
"""
