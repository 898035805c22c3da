"""What finance's pages and exports read."""
