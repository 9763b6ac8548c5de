"""Which function stands for which figure, and which figures need none, with the reason."""

from collections.abc import Callable, Iterable

from mart_tables import Row
from reference.known import World

Reference = Callable[[World], Iterable[Row]]

REFERENCES: dict[str, Reference] = {}

ORDERED: set[str] = set()
"""Figures whose rows must come in the reference's order."""

MODELS: set[str] = set()
"""Figures that make a statistic of their SQL model's rows: compared before it, the statistic has tests of its own."""

WITHOUT_REFERENCE: dict[str, str] = {}
"""SQL figure → why it is not computed a second time."""


def figure(reference: Reference) -> Reference:
    """The function of this name stands for the figure of this name: every column of its SQL, in any order of rows."""
    REFERENCES[reference.__name__] = reference
    return reference


def ordered(reference: Reference) -> Reference:
    """As `figure`, and the order of the rows is a promise too."""
    ORDERED.add(reference.__name__)
    return figure(reference)


def model(*names: str) -> Callable[[Reference], Reference]:
    """The function stands for the SQL models of these figures, before their statistic."""

    def register(reference: Reference) -> Reference:
        MODELS.update(names)
        REFERENCES.update(dict.fromkeys(names, reference))
        return reference

    return register
