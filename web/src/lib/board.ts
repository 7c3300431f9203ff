/** The board of checks: sites down, items across; a cell is passed, failed, or not looked at yet. Pure. */
import type { CheckResult, ChecksView, CheckStep, Mark } from './office.ts';

export type Cell = 'passed' | 'failed' | 'open';

export interface BoardRow {
  site: string;
  name: string;
  cells: Cell[];
  marks: (Mark | undefined)[];
  missing: boolean;
  /** Whether it passed when it was last examined unattended; undefined: it never was. */
  examined: boolean | undefined;
}

export function cellOf(mark: Mark | undefined): Cell {
  return mark === undefined ? 'open' : mark.passed ? 'passed' : 'failed';
}

/** The rows of one step, in the order of the step's sites. */
export function boardRows(view: ChecksView, step: CheckStep): BoardRow[] {
  const sheets = new Map(view.sheets.filter((sheet) => sheet.step === step.id).map((sheet) => [sheet.site, sheet.marks]));
  const missing = new Set(step.missing);
  return step.sites.map((site) => {
    const marks = step.items.map((item) => sheets.get(site)?.find((mark) => mark.item === item));
    return { site, name: view.sites[site] ?? site, marks, cells: marks.map(cellOf), missing: missing.has(site), examined: view.examined[site] };
  });
}

export interface Place {
  row: number;
  column: number;
}

/** Where an arrow key leads on a board of so many rows and columns; Home and End go to the row's ends. */
export function steered(key: string, at: Place, rows: number, columns: number): Place | undefined {
  const moves: Record<string, [number, number]> = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0],
    Home: [0, -columns], End: [0, columns],
  };
  const move = moves[key];
  if (!move) return undefined;
  const within = (value: number, most: number) => Math.max(0, Math.min(most - 1, value));
  return { row: within(at.row + move[0], rows), column: within(at.column + move[1], columns) };
}

export type BoardOrder = 'pass' | 'fail' | 'row' | 'figures';

/** What a key orders: Space or 1 passes the cell, 0 or X fails it, D passes the whole row (D: "đạt"), S opens what was measured (S: "số đo"). */
export function ordered(press: { key: string; code: string }): BoardOrder | undefined {
  if (press.code === 'Space' || press.code === 'Digit1' || press.code === 'Numpad1') return 'pass';
  if (press.code === 'Digit0' || press.code === 'Numpad0' || press.code === 'KeyX') return 'fail';
  if (press.code === 'KeyS') return 'figures';
  return press.code === 'KeyD' ? 'row' : undefined;
}

/** Results that pass everything of a row that is not passed yet. */
export function wholeRow(step: CheckStep, row: BoardRow): CheckResult[] {
  return step.items.flatMap((item, index) => (row.cells[index] === 'passed' ? [] : [{ item, passed: true, note: '' }]));
}

/** The next row below that still misses something, else the first one; −1 when none does. */
export function nextMissing(rows: readonly BoardRow[], after: number): number {
  const below = rows.findIndex((row, index) => index > after && row.missing);
  return below >= 0 ? below : rows.findIndex((row) => row.missing);
}
