"""Tools that know nothing of events: database, clock, money, times, errors, ids, tokens, audit, storage."""
