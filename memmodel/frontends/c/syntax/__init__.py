"""An expanded text in, the syntax trees of its definitions out."""
