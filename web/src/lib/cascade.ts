/** The plan's cascade as a drawing: the master on top, each MCU below its parent. Pure. */
export interface PlanShape {
  master: string;
  parent: Record<string, string>;
  home: Record<string, string>;
}

export interface Node {
  id: string;
  /** Left and top of its box, in boxes. */
  x: number;
  y: number;
  sites: string[];
  /** Ports in use: one for each site and each link. */
  ports: number;
}

export interface Drawing {
  nodes: Node[];
  links: [from: Node, to: Node][];
  /** In boxes. */
  width: number;
  height: number;
}

export function childrenOf(plan: PlanShape, mcu: string): string[] {
  return Object.entries(plan.parent).filter(([, parent]) => parent === mcu).map(([child]) => child).sort();
}

export function sitesOf(plan: PlanShape, mcu: string): string[] {
  return Object.entries(plan.home).filter(([, home]) => home === mcu).map(([site]) => site);
}

export function portsOf(plan: PlanShape, mcu: string): number {
  return sitesOf(plan, mcu).length + childrenOf(plan, mcu).length + (mcu in plan.parent ? 1 : 0);
}

/** Leaves stand side by side, a parent above the middle of its children; a circle is drawn once. */
export function drawing(plan: PlanShape): Drawing {
  const nodes = new Map<string, Node>();
  let column = 0;
  const place = (id: string, depth: number): Node => {
    const node: Node = { id, x: 0, y: depth, sites: sitesOf(plan, id), ports: portsOf(plan, id) };
    nodes.set(id, node);
    const below = childrenOf(plan, id).filter((child) => !nodes.has(child)).map((child) => place(child, depth + 1));
    const [first, last] = [below[0], below.at(-1)];
    node.x = first && last ? (first.x + last.x) / 2 : column++;
    return node;
  };
  place(plan.master, 0);
  const all = [...nodes.values()];
  const links = all.flatMap((node) => {
    const parent = nodes.get(plan.parent[node.id] ?? '');
    return parent && parent !== node ? [[parent, node] as [Node, Node]] : [];
  });
  return { nodes: all, links, width: Math.max(column, 1), height: Math.max(...all.map((node) => node.y)) + 1 };
}

/** The plan with one site at another MCU; an MCU that has no place in it yet hangs under its usual parent. */
export function withSiteAt(
  plan: PlanShape, site: string, mcu: string, usualParent: (mcu: string) => string | undefined,
): { parent: Record<string, string>; home: Record<string, string> } {
  const parent = { ...plan.parent };
  for (let one = mcu; one !== plan.master && !(one in parent); one = parent[one] as string) {
    parent[one] = usualParent(one) ?? plan.master;
  }
  return { parent, home: { ...plan.home, [site]: mcu } };
}
