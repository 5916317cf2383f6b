"""What can people do with their account who have no new app? Plain pages with forms."""
