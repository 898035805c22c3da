"""The pages of organizers."""
