"""Tests by distance: the front door (tests/story, people in the simulator), then conversations, rules and parts."""
