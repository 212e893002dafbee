"""Tests of the checklist: its data, what a message is about, the conversation."""
