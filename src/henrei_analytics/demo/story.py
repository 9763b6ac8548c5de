"""Everything that happened to the claims of the invented office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from .events import Return, Sending, Stage
from .world import Payer

StreamKey = tuple[str, Payer, int]


@dataclass(slots=True)
class Story:
    """Everything that happened, in the order in which it happened."""

    first_month: int
    last_month: int
    """Newest processing month; claims go one month further."""
    sendings: dict[StreamKey, list[Sending]] = field(default_factory=lambda: defaultdict(list))
    streams: dict[Stage, dict[StreamKey, list[Return]]] = field(
        default_factory=lambda: {"first_review": defaultdict(list), "re_examination": defaultdict(list)}
    )
    """The returns, by the stream and month that brings them."""
    split_month: StreamKey | None = None
    """This stream's claims were sent as two files that add up."""
    undownloaded: StreamKey | None = None
    """Nobody downloaded the first-review returns of this stream: the office does not know them."""
    lost_files: dict[StreamKey, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Kinds of files (uke, hen, henr) of a stream that the office did not keep."""

    def add(self, returned: Return) -> None:
        """File a return under the stream whose file will report it."""
        receipt = returned.receipt
        key = (receipt.institution.code, receipt.payer, returned.processing_month)
        self.streams[returned.stage][key].append(returned)

    @property
    def returns(self) -> list[Return]:
        """All returns the office knows of."""
        return [returned for returned in self.all_returns() if returned.known]

    @property
    def undownloaded_returns(self) -> list[Return]:
        """The returns whose files nobody downloaded."""
        return [returned for returned in self.all_returns() if not returned.downloaded]

    @property
    def forgotten_returns(self) -> list[Return]:
        """The returns the office dealt with and of which no file is left."""
        return [returned for returned in self.all_returns() if returned.downloaded and returned.lost]

    @property
    def reported_returns(self) -> list[Return]:
        """Returns of which the 振込額明細 of 社保 alone tells."""
        lost = [returned for returned in self.forgotten_returns if returned.receipt.payer == "shaho"]
        return [*self.undownloaded_returns, *lost]

    def all_returns(self) -> Iterator[Return]:
        """Every return, known or not."""
        for stream in self.streams.values():
            for batch in stream.values():
                yield from batch
