"""The door: frames of any engine in one plain form, what they must hold, and what was dropped."""
