"""The tables of models/rights."""
