"""Places that were put off: what was paid waits for another date of the course (docs/decisions/deferral.md)."""
