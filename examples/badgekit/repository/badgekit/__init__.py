"""Bake Open Badges credentials into images, and verify them again."""

__version__ = "0.1.0"
