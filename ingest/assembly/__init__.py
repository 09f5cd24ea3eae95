"""What a web worker is put together of, besides its routes."""
