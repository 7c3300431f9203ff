"""What scenes, slots, lanes and feeds carry is a *source*: a site's camera, or its content.

A site's camera goes by the site's id, what it shares by that and ``.content``. No id has a dot in
it, so no source can be taken for another; home, name, rights and admission are its site's.
"""

CONTENT = ".content"


def content_of(site: str) -> str:
    """The source that is what ``site`` shares."""
    return site + CONTENT


def site_of(source: str) -> str:
    """Whose source that is."""
    return source.removesuffix(CONTENT)


def is_content(source: str) -> bool:
    return source.endswith(CONTENT)


def source_of(site: str, content: bool) -> str:
    return content_of(site) if content else site
