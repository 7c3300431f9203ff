"""Tokens of people and sites, keys of agents, and the secret they are made with."""

from diemcau.identity.agents import DerivedAgentKeys, FileAgentKeys
from diemcau.identity.secret import load_secret
from diemcau.identity.tls import Tls, self_signed
from diemcau.identity.tokens import JwtTokens

__all__ = ["DerivedAgentKeys", "FileAgentKeys", "JwtTokens", "Tls", "load_secret", "self_signed"]
