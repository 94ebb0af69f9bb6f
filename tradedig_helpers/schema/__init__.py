"""What each table must hold, declared once, and the validation of files against it."""
