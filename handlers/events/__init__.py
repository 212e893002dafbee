"""The conversations about parent classes and other events."""
