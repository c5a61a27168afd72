"""Convnets, Measured: what would distract in a chapter (data, plots, checks, runs)."""

__version__ = "0.1.0"
