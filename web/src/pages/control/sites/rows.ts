/** What tree and list of sites have in common. */
import type { Leaf } from '../../../lib/tree.ts';

/** The number keys of the first nine. */
export function numbered(sites: readonly Leaf[]): Map<string, number> {
  return new Map(sites.slice(0, 9).map((site, index) => [site.id, index + 1]));
}

/** Moving with the arrow keys keeps the selected site in sight. */
export function followed(
  list: { reveal: (index: number) => void } | undefined, selected: string, rows: readonly { kind: string; site?: Leaf }[],
): void {
  const index = rows.findIndex((row) => row.site?.id === selected);
  if (index >= 0) list?.reveal(index);
}
