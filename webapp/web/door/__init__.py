"""Pages for helpers at the door."""
