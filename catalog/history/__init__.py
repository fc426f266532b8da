"""The history of the catalogue: a record of every change, and earlier content of articles."""
