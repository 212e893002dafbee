"""Nobody reads or sends outside of what one is to somebody: tried, not argued (docs/decisions/0023)."""
