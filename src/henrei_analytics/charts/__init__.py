"""Chart functions by column name: they serve any figure and know nothing of what it means.

Every function returns an Altair chart, or None when there is nothing to draw. Only the columns that are
drawn enter the specification: a page must not carry what it does not show.
"""

import altair as alt

from henrei_analytics.charts import palette
from henrei_analytics.charts.bars import bars, pareto, stacked
from henrei_analytics.charts.grids import heatmap, matrix
from henrei_analytics.charts.lines import survival, trend, trends
from henrei_analytics.charts.points import funnel, intervals, ratios
from henrei_analytics.charts.sizes import HEIGHT, WIDTH, Chart

__all__ = [
    "HEIGHT",
    "WIDTH",
    "Chart",
    "bars",
    "funnel",
    "heatmap",
    "intervals",
    "matrix",
    "palette",
    "pareto",
    "ratios",
    "stacked",
    "survival",
    "trend",
    "trends",
]

alt.theme.register("henrei", enable=True)(lambda: alt.theme.ThemeConfig(config=palette.THEME))
# A chart shown by itself in a notebook: the default renderer's MIME type cannot be saved by papermill.
alt.renderers.enable("svg")
