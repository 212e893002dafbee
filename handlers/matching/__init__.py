"""Rounds of matching: wishes, the proposal, swaps, and asking for another mentor."""
