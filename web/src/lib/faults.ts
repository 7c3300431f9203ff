/** The lines of a refusal that name a line of a file: "Dòng 12: …", "Line 12: …". Pure. */
export interface LineFault {
  line: number;
  text: string;
}

export function lineFaults(detail: string): { head: string; faults: LineFault[] } {
  const head: string[] = [];
  const faults: LineFault[] = [];
  for (const one of detail.split('\n')) {
    const [, line, text] = /^\p{L}+ (\d+): (.*)$/u.exec(one.trim()) ?? [];
    if (line && text) faults.push({ line: Number(line), text });
    else if (one.trim()) head.push(one.trim());
  }
  return { head: head.join(' '), faults };
}

/** Where a line of a text begins and ends, to select it. */
export function lineRange(text: string, line: number): [from: number, to: number] {
  const lines = text.split('\n');
  const from = lines.slice(0, Math.max(0, line - 1)).reduce((sum, one) => sum + one.length + 1, 0);
  return [from, from + (lines[line - 1]?.length ?? 0)];
}
