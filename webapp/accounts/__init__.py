"""People and their addresses, sign-in, roles, agencies, consent, memberships and what members hold."""
