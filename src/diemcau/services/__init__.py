"""What the server does: commands on conferences, sessions of sites, live state, figures."""
