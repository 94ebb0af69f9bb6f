"""Measures: from shipments, accounts and dates to the estimation panel.

``panel`` makes all of them at once; ``instruments`` is equation (11), ``productivity`` is Olley
and Pakes. The grouped measures take pandas, Polars, DuckDB and PySpark frames alike
(:mod:`~tradedig_helpers.frames.engine`).
"""
