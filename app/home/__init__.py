"""The first page, and the page that explains the forum."""
