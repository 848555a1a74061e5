"""The fault runs are collected only when they are asked for: FAULTS=short or FAULTS=long (`make faults`)."""

import os

collect_ignore = [] if os.environ.get("FAULTS") else ["test_kills.py", "test_zombie.py"]
