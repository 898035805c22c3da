"""Pages for supervisors of an agency."""
