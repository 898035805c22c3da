"""Backups: database, uploads and keys together in one file that proves itself."""
