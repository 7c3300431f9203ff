"""Who somebody is: passwords, codes, provider, tokens; agents' keys; the secret; the log's seal."""

from diemcau.identity.agents import DerivedAgentKeys, FileAgentKeys
from diemcau.identity.oidc import Client, OidcSignOn
from diemcau.identity.passwords import ArgonPasswords
from diemcau.identity.seal import HEAD_FILE, HeadFile, PublicSeal, Seal, load_seal
from diemcau.identity.secret import load_secret
from diemcau.identity.sso import BadSso, read_client
from diemcau.identity.tls import Tls, self_signed
from diemcau.identity.tokens import JwtTokens
from diemcau.identity.totp import TotpCodes

__all__ = [
    "HEAD_FILE",
    "ArgonPasswords",
    "BadSso",
    "Client",
    "DerivedAgentKeys",
    "FileAgentKeys",
    "HeadFile",
    "JwtTokens",
    "OidcSignOn",
    "PublicSeal",
    "Seal",
    "Tls",
    "TotpCodes",
    "load_seal",
    "load_secret",
    "read_client",
    "self_signed",
]
