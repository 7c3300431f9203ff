/** A short code as people type and read it: nine digits, in threes. Pure. */
export const CODE_DIGITS = 9;

export function codeDigits(typed: string): string {
  return typed.replace(/\D/g, '').slice(0, CODE_DIGITS);
}

/** "123-456-7": grouped while it is typed. */
export function grouped(typed: string): string {
  return codeDigits(typed).replace(/(\d{3})(?=\d)/g, '$1-');
}

/** The code in a link's fragment (`#code=…`), as a QR code carries it; undefined for none. */
export function codeInFragment(hash: string): string | undefined {
  const code = codeDigits(new URLSearchParams(hash.replace(/^#/, '')).get('code') ?? '');
  return code.length === CODE_DIGITS ? code : undefined;
}

/** Where a link leads on this server; nothing else is ever opened. */
export function pathOf(url: string): string {
  const { pathname, search, hash } = new URL(url, 'http://here');
  return pathname + search + hash;
}
