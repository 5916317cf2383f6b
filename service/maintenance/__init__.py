"""What keeps the platform alive beside the requests: backups, restore drills and the staging gate, as rows."""
