"""Find entries: by words, forgiving a typo, and by the values of their fields."""
