"""An execution as plain data in, its picture as SVG, dot or PNG out."""
