"""What a passage says: claims, labels and codings."""
