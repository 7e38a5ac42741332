"""GraphQL over HTTP and WebSocket: the only package that knows strawberry and starlette."""
