/** The sites a chair calls often, kept on this machine; one that takes no part in a session is passed over there. Pure. */
const KEY = 'diemcau.favourites';

export function savedFavourites(storage: { getItem(key: string): string | null }): string[] {
  try {
    const read: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(read) ? read.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export function saveFavourites(storage: { setItem(key: string, value: string): void }, sites: readonly string[]): void {
  try {
    storage.setItem(KEY, JSON.stringify(sites));
  } catch {
    // A browser without storage: they hold for this page.
  }
}

/** With the site at the end of the list, or without it. */
export function toggledFavourite(sites: readonly string[], site: string): string[] {
  return sites.includes(site) ? sites.filter((one) => one !== site) : [...sites, site];
}
