"""The class team: the daily touch, the weekly meeting and its tasks, the monthly review. Its tables stand in tables.py."""
