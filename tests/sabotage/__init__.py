"""`make sabotage`: breaks the product in small ways, one at a time, and sees that a named test turns red each time."""
