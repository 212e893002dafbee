"""Tests of the urgent path: signals, cases, who is told."""
