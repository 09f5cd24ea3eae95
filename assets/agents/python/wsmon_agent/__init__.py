"""Measures the WebSockets of a Python server and sends the figures to WebSocket Analytics.

Each kind of server has a module of its own with a `monitor`: two lines in the host's code.
"""

__version__ = "1.2.0"
