"""Raw texts: the manifest, the readers, and a stream of sources and problems."""

from casework.sources.rows import read_rows

__all__ = ["read_rows"]
