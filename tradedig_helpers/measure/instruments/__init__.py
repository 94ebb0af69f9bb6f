"""Quality by equation (11), with an instrumented price, and what tells whether to trust it."""
