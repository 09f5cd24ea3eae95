"""Faults that tests put in for real: clocks that jump, disks that are full, processes killed."""
