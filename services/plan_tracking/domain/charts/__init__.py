"""The plan's chart as numbers: where each row, marker, bar and line stands."""
