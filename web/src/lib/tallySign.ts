/** The tally where the page itself is not seen: its title and its sign in the browser's tab. */
import type { Tally } from './types.ts';

/** A square for "on air", a ring for "next": the colour is not all that differs. */
const SIGNS: Record<Exclude<Tally, 'off'>, string> = {
  on_air: '<rect width="32" height="32" rx="4" fill="#e02e37"/><circle cx="16" cy="16" r="7" fill="#fff"/>',
  next: '<rect width="32" height="32" rx="16" fill="#1fae63"/><circle cx="16" cy="16" r="8" fill="none" stroke="#fff" stroke-width="4"/>',
};

let usual: string | undefined;

export function showInTab(tally: Tally, words: string, title: string): void {
  document.title = words ? `${words} · ${title}` : title;
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (!icon) return;
  usual ??= icon.href;
  icon.href = tally === 'off' ? usual : dataUrl(SIGNS[tally]);
}

function dataUrl(inside: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${inside}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
