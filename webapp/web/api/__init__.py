"""The machine-readable interface."""
