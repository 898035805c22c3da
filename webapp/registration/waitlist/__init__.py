"""Waiting for a seat: `joining` the line, `offering` what comes free, `claiming` an offer, `moving` by staff.

How it is fair and why nobody slips in between: docs/decisions/waitlist.md.
"""
