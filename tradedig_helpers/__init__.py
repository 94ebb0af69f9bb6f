"""The model, the measures and the estimates behind the book on trade digitization."""
