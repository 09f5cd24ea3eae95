"""Whether what connections do goes with what people experience, and what drops cost them."""
