"""HTTP in: returns of departments, shown as they were understood, then published; receipts, templates, the board."""
