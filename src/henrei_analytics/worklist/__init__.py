"""The worklist: open returns as a workbook the office fills in, and what it filled in, read back."""
