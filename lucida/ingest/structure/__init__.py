"""From words with boxes to lines, blocks, reading order, tables, sections and passages; the same for all sources."""
