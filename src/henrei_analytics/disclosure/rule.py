"""The rule of the edition that leaves the institution, in numbers and in words."""

from __future__ import annotations

THRESHOLD = 10
"""Counts from 1 up to here, without it, are hidden. Zeros stay: nobody is behind them."""

POSSIBLE_VALUES = 5
"""A hidden count must be able to be at least so many different numbers, after all sums have been used."""

INSTITUTIONS = 3
"""A pooled number is made of at least so many institutions, so that none of them can subtract its own."""

UNDER = "under_10"
WITH = "with_another"
MARKS = {UNDER: "10未満", WITH: "伏せ"}

RULE = (
    "外部提供用。10件未満の数は「10未満」とし、合計などからそれが計算できてしまう数は「伏せ」としています。"
    "伏せた数から計算した点数・金額・割合も示しません。患者・レセプトを指すもの、自由に書かれた文、ファイル名は入っていません。"
)
SHORT = "外部提供用（10件未満は伏せています）"
NOT_SHARED = "外部提供用の版では示しません。"
"""Said in place of a figure that declares nothing about sharing."""

TOO_FEW = "10件未満の数がほとんどのため、外部提供用の版では示しません。"
