"""The web worker as a process: background loops, database pools, what starts and stops when."""
