"""Executed notebooks → self-contained HTML pages, and the index over them."""

from henrei_analytics.pages.index import index_html
from henrei_analytics.pages.page import NOT_MADE, WITHHELD, Link, Page, Provenance, page_html, read_page

__all__ = ["NOT_MADE", "WITHHELD", "Link", "Page", "Provenance", "index_html", "page_html", "read_page"]
