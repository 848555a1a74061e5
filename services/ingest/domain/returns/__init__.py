"""A quarterly return: its grids read into rows, its rows judged, and what would be published."""
