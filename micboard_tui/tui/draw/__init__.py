"""Values as cells of text: rows, cards, headers and columns of detail. Pure."""
