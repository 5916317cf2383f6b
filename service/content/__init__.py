"""What do jobs and posts share? Their lifecycle, what staff do with them, and who saved them."""
