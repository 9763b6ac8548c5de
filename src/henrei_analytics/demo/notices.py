"""The office's notice files: which there are, what they are called, and the mess around them."""

from __future__ import annotations

from pathlib import Path
from random import Random

from . import notice_checks, notice_cuts, notice_payments
from .dealings import Dealings
from .months import wareki, yyyymm
from .notice_claims import fixf_lines, hjry_lines, sent_totals
from .notice_eligibility import edbn_lines, skkg_lines
from .notice_re_examination import sakr_lines, sast_lines
from .notice_totals import fggk_lines, tgft_lines
from .payments import PAID_ON_DAY, accounts_of
from .rounds import Round
from .shelf import Shelf, Stream, copy_path, encode
from .story import Story
from .world import INSTITUTIONS, PAYER_CODE, PAYERS

_AUTOMATIC_RATE = 0.1
_NOTICE_DAY = 5
_COPY_RATE = {"fmei": 0.05, "zogn": 0.05}


class NoticeOffice:
    """Puts the notices beside the other files of their month."""

    def __init__(self, shelf: Shelf, story: Story, dealings: Dealings, seed: int) -> None:
        self._shelf = shelf
        self._story = story
        self._dealings = dealings
        self._seed = seed
        self._rng = Random(f"{seed}:notices:files")

    def write_all(self) -> None:
        for month in range(self._story.first_month, self._story.last_month + 2):
            for institution in INSTITUTIONS:
                for payer in PAYERS:
                    stream = Stream(institution, payer, month)
                    self._claims(stream)
                    self._first_review(stream)
                    if payer == "shaho":
                        self._payments(stream)
        self._test_file()

    def _claims(self, stream: Stream) -> None:
        """Known as soon as the claims are sent."""
        for each in self._dealings.rounds.get(stream.key, []):
            when = (stream.month, each.day)
            name = _round_name("fixf", stream, f"50{each.number:03d}{each.number:03d}")
            self._put(stream, name, fixf_lines(stream, each), len(each.lines), when)
            if each.warnings:
                name = _round_name("hasp", stream, f"50{each.number:03d}")
                receipts = len({warning.number for warning in each.warnings})
                self._put(stream, name, notice_checks.lines(stream, each), receipts, when)
            for inpatient in (True, False):
                self._receipt_of_sending(stream, each, inpatient)

    def _receipt_of_sending(self, stream: Stream, each: Round, inpatient: bool) -> None:
        totals = sent_totals(each, inpatient)
        if totals:
            automatic = self._rng.random() < _AUTOMATIC_RATE
            name = _round_name("hjry", stream, f"50{1 if inpatient else 2}{each.number:03d}")
            lines = hjry_lines(stream, each, inpatient, totals, automatic)
            # sums of receipts, none of them listed
            self._put(stream, name, lines, 0, (stream.month, each.day))

    def _first_review(self, stream: Stream) -> None:
        sendings = self._story.sendings.get(stream.key, [])
        cut = notice_cuts.cut_sendings(sendings, f"{self._seed}:notices:order:{stream.key}")
        when = (stream.month + 1, _NOTICE_DAY)
        if cut and stream.key != self._dealings.lost_cuts:
            lines = notice_cuts.lines(stream, cut)
            self._put(stream, _month_name("RIzogn", stream), lines, len(cut), when)
        reroutes = self._dealings.reroutes.get(stream.key, [])
        for kind, lines_of, wanted in (
            ("skkg", skkg_lines, [r for r in reroutes if r.outcome != "branch_number"]),
            ("edbn", edbn_lines, [r for r in reroutes if r.outcome == "branch_number"]),
        ):
            if wanted:
                self._put(stream, _lookup_name(kind, stream), lines_of(stream, wanted), len(wanted), when)

    def _payments(self, stream: Stream) -> None:
        """支払基金 alone sends these."""
        sendings = self._story.sendings.get(stream.key, [])
        if not sendings or stream.month > self._story.last_month:
            return
        outcomes = self._dealings.re_examinations.get(stream.key, [])
        upheld = [outcome for outcome in outcomes if outcome.result == "upheld"]
        adjusted = [outcome for outcome in outcomes if outcome.result != "upheld"]
        accounts = accounts_of(sendings, adjusted)
        paid = (stream.month + 1, PAID_ON_DAY)
        told = (stream.month + 1, _NOTICE_DAY)
        details = notice_payments.lines(stream, sendings)
        self._put(stream, _month_name("RIfmei", stream), details, len(sendings), paid)
        self._put(stream, _month_name("MIfggk", stream), fggk_lines(stream, accounts), 0, paid)
        self._put(stream, _month_name("MItgft", stream), tgft_lines(stream, sendings, accounts), 0, paid)
        if adjusted:
            self._put(
                stream, _month_name("MIsast", stream), sast_lines(stream, adjusted), len(adjusted), told
            )
        if upheld:
            self._put(stream, _month_name("MIsakr", stream), sakr_lines(stream, upheld), len(upheld), told)

    def _put(self, stream: Stream, name: str, lines: list[str], receipts: int, when: tuple[int, int]) -> None:
        kind = name[2:6]
        path = self._shelf.folder(stream) / name
        content = encode(lines)
        self._shelf.put(path, content, *when)
        self._shelf.note(stream, path, kind, len(lines), receipts)
        if self._rng.random() < _COPY_RATE.get(kind, 0):
            copy = copy_path(path)
            self._shelf.put(copy, content, when[0], when[1] + 1)
            self._shelf.note(stream, copy, kind, len(lines), receipts, copy_of=path)

    def _test_file(self) -> None:
        """Somebody tried the system before the first real sending and kept the result."""
        month = self._story.first_month
        stream = Stream(INSTITUTIONS[0], PAYERS[0], month)
        rounds = self._dealings.rounds.get(stream.key)
        if rounds:
            name = _round_name("fixf", stream, "50001001TEST")
            path: Path = self._shelf.folder(stream) / name
            self._shelf.put(path, encode(fixf_lines(stream, rounds[0])), month, 6)
            self._shelf.ignore(path)


def _month_name(kind: str, stream: Stream) -> str:
    """The name of a monthly notice; ``kind`` with its prefix (RI electronic claims, MI the rest)."""
    return f"{kind}{PAYER_CODE[stream.payer]}{stream.institution.code}{wareki(stream.month)}.csv"


def _round_name(kind: str, stream: Stream, ending: str) -> str:
    """The name of a notice about one sending: no month, but its number."""
    return f"RI{kind}{PAYER_CODE[stream.payer]}{stream.institution.code}{ending}.csv"


def _lookup_name(kind: str, stream: Stream) -> str:
    """The name of a notice on insurers looked up: 西暦, and no 点数表."""
    institution = stream.institution
    code = f"{PAYER_CODE[stream.payer]}{institution.prefecture}{institution.short_code}"
    return f"RI{kind}{code}{yyyymm(stream.month)}.csv"
