"""Safeguarding: signals in what people write, and the cases that people look after."""
