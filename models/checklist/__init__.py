"""The home–school communication checklist: its items, words to start from, what a message is about, coverage."""
