"""The demo and its page, in a real browser."""
