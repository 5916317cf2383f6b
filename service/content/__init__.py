"""What is there to find and to read? Jobs and posts, and what they share: lifecycle, staff work, saving."""
