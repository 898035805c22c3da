"""Pages that exist in a demo only."""
