"""A second opinion on every figure: plain Python, written from the definitions and not from the SQL.

worlds.py    random small `mart` tables that keep the data contract (Hypothesis strategies)
known.py     what an office knows on a day: the words the definitions share
registry.py  which function stands for which figure, and which figures need none
compare.py   holds a figure's rows against the reference's
others       one module a notebook, one function a figure
"""
