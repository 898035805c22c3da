"""An agency books for its staff: a pasted list is read, each line is understood, the best price is found, places are kept."""
