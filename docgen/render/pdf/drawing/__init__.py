"""Floor 2, edges: what is drawn and not set: page graphics, pictures, codes, charts, stationery."""
