"""The dashboard: shows a release, and never changes it."""
