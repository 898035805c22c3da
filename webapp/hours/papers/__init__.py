"""Hours on paper: the certificate and the transcript as PDF. Slow (some 50 ms): never inside a transaction."""
