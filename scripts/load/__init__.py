"""Load tests of WebSocket servers: `./test_websocket_load.sh PROFILE`."""
