"""The drawing language: lines such as `client -> gateway` become boxes and arrows, or a list."""
