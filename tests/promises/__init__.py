"""Promises: what must hold through kill -9, faults and hostile input."""
