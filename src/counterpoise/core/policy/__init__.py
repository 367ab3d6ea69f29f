"""What the owner wants, and how far a correction goes."""
