/** Sources (docs/protocol.md, section 2): a site's camera goes by the site's id, its content by that and `.content`. */
import type { Leaf, Row } from './tree.ts';
import type { Site } from './types.ts';

const CONTENT = '.content';

export function isContent(source: string): boolean {
  return source.endsWith(CONTENT);
}

/** Whose source that is. */
export function siteOf(source: string): string {
  return isContent(source) ? source.slice(0, -CONTENT.length) : source;
}

/** A site's content in the shape of a site, so that panes, rows and names treat both alike. */
export function contentSite(site: Site, name: string): Site {
  const { number, code, unit, mcu, muted, content } = site;
  const idle = { id: site.id + CONTENT, state: 'off', home: 'off', tally: 'off' } as const;
  return { ...(content ?? idle), name, number, code, unit, mcu, muted };
}

/** The rows of a tree with a row under each site that shares; `named`: what its content is called. */
export function withContent<L extends Leaf>(rows: readonly Row<L>[], sharing: ReadonlySet<string>, named: (site: L) => string): Row<L>[] {
  if (sharing.size === 0) return [...rows];
  return rows.flatMap((row): Row<L>[] =>
    row.kind === 'site' && sharing.has(row.site.id)
      ? [row, { ...row, site: { ...row.site, id: row.site.id + CONTENT, name: named(row.site) }, depth: row.depth + 1 }]
      : [row],
  );
}
