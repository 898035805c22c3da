"""Places set aside for presenters, a scholarship, an agency ...: `keeping` by staff, `drawing` by who registers.

How they stay out of open sale and return to it: docs/decisions/set-asides.md.
"""
