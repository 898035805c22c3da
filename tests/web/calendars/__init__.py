"""Feeds and calendar files, as programs and people fetch them."""
