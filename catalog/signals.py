from django.dispatch import Signal

article_merged = Signal()
"""Two Articles, `kept` and `gone`: in the transaction, after the catalogue's own part."""
