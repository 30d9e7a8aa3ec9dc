"""What a sentence claims, read so that two texts can be compared: figures, dates, names, denials and bounds. Pure."""
