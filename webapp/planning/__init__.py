"""What a person has ahead: pending hours, what an event counts for, clashes."""
