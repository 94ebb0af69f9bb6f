"""What each table must hold, declared once; checks at the door, and validation of files."""
