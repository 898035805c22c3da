"""What is offered: events, sessions, blocks, tracks, venues, rooms, presenters, programmes."""
