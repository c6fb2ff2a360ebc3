"""Floor 2, edges: charts that Word draws itself."""
