"""Estimation: a specification, its sample, its estimates, and what they can show.

``specifications`` declares the paper's tables, ``runner`` estimates any list of columns, ``fit``
one of them; ``event_study`` is what happens at adoption.
"""
