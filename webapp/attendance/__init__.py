"""Who was there: presence intervals, the door, imports, corrections."""
