"""One pupil, one file, and its handover."""
