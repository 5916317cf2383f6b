"""Copies of the database and of the documents, and the proof that they can be used. Rules: docs/backup.md."""
