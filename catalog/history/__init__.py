"""What the catalogue was: a record of every change, and the earlier content of articles."""
