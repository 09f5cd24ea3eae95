"""WebSocket servers side by side: how fast they echo and broadcast, and whom they keep waiting."""
