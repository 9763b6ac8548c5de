"""How large a chart is, and what a chart function returns."""

import altair as alt

WIDTH = 640
HEIGHT = 280
BAR_STEP = 34
# Of the longest bar (of the total, in a Pareto; of the longest interval): what is written at its end must fit on a
# phone too.
ROOM, ROOM_PARETO, ROOM_LONG = 1.35, 1.5, 1.8

Chart = alt.Chart | alt.LayerChart | None
