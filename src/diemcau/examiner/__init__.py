"""Says what a site's picture and sound are like: receives them forwarded, sends the site chirps and
listens for their echo, and answers with figures. What is good enough is not decided here.

A process of its own, so that decoding many sites takes nothing from the agent. What it is told, and
says, is section 5 of docs/protocol.md.
"""
