"""How events are shown: rows of the catalog become the finished words and values that templates print. No queries, no rules."""
