"""Thin faces over the pipeline: people and other programs come in here."""
