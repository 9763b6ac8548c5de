"""The monthly reports: notebooks × institutions × months → pages, figures.json and an index.

    out/index.html · out/figures.json
    out/<institution>/<YYYY-MM>/<notebook>.html · figures.json

A page is written whole or not at all, and a failed one leaves no older page of its name behind.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import nbformat

from henrei_analytics import __version__, figures, labels, summary_index
from henrei_analytics.errors import HenreiError
from henrei_analytics.execute import Failure, execute
from henrei_analytics.figures import Scope
from henrei_analytics.figures.checks import check_sums
from henrei_analytics.notebook import month_label
from henrei_analytics.offices import Institution, institutions
from henrei_analytics.pages import Link, Page, Provenance, page_html, read_page
from henrei_analytics.warehouse import connect

FIGURES_FILE = "figures.json"
Progress = Callable[[str, int, int], None]
