"""The laboratory: hosts, lines, sites and viewers of a province on one machine.

Nothing here is part of a running office. It exists so that the demo, the benches and the media
tests can put real media over real network interfaces, cut cables, lose packets and look at the
result with decoders that share no code with the system they judge.
"""
