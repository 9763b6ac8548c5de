"""The office's own tables: paper returns, lists of other systems, counts by hand. Read whole or not at all."""
