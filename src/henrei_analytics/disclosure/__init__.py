"""What may leave the institution: the shareable edition, what it hides, and pools of several institutions.

The one function every output asks: `published(con, scope, edition)`.
"""

from henrei_analytics.disclosure.edition import Edition, is_published, marks, published
from henrei_analytics.disclosure.publish import HIDDEN
from henrei_analytics.disclosure.rule import NOT_SHARED, RULE, SHORT, TOO_FEW

__all__ = [
    "HIDDEN",
    "NOT_SHARED",
    "RULE",
    "SHORT",
    "TOO_FEW",
    "Edition",
    "is_published",
    "marks",
    "published",
]
