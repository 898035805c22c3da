"""What pages read about places and orders: plain rows, a fixed number of statements each."""
