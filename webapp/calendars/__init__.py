"""iCalendar: entries, feeds, feed keys, invitations, and who fetched what."""
