"""GraphQL over HTTP, WebSocket and server-sent events: from a request to its answer."""
