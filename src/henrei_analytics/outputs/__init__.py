"""Formats beside the HTML pages: PDF, Excel, and the tables as files.

PDF and Excel are made from what the executed notebooks showed; nothing is computed again.
"""
