"""The links of a page to the same page of the month before and after.

A month that is reported later must show on the pages that are there already, so the links stand between two marks and
are written anew when months join or leave.
"""

from __future__ import annotations

from html import escape

START, END = "<!--months-->", "<!--/months-->"


def beside_html(before: tuple[str, str] | None, after: tuple[str, str] | None) -> str:
    """The links between their marks; each is a label and an address, or None where there is no such month."""
    links = [
        f'<a rel="{rel}" href="{escape(given[1])}">{escape(words.format(given[0]))}</a>'
        for rel, words, given in (("prev", "← {}", before), ("next", "{} →", after))
        if given
    ]
    return START + " ".join(links) + END


def with_beside(page: str, links: str) -> str:
    """The page with these links; unchanged where it has no place for them."""
    start, end = page.find(START), page.find(END)
    if start < 0 or end < start:
        return page
    return page[:start] + links + page[end + len(END) :]
