"""Estimation: a specification, its sample, its estimates, and what they can show.

``specifications`` declares the paper's tables, ``runner`` estimates any list of columns, ``fit``
one of them. ``demeaned`` has variables less their fixed effects, on which all linear estimators
stand: ``fit``, ``iv``, ``heckman``, ``mediation``, ``refits``, ``bootstrap``, ``leave_out`` and the
``specification_curve``. ``event_study`` is what happens at adoption.
"""
