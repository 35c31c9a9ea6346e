"""An execution as a picture in, SVG, dot or PNG out."""
