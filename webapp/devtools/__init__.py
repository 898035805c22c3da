"""Tools for developing and testing. Nothing in the product imports them but web/dev pages and cli."""
