"""Convnets, Measured: what would distract in a chapter (fetching, drawing, plotting, checking, running)."""

__version__ = "0.1.0"
