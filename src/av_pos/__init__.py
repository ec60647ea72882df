"""The till of a shop that sells music and film on disc."""

__version__ = "0.3.0"
