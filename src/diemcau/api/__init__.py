"""The server's edge: REST, live state, WHIP, WHEP, the agents' socket and the web pages."""
