"""Any form of beats into any other, and what a file holds."""
