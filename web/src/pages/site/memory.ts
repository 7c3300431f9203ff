/** What a site's page remembers in its tab, so that a reload goes on where it was: joined, microphone, devices. */
import type { Devices } from '../../lib/capture.ts';

export interface Memory {
  joined: boolean;
  micOn: boolean;
  devices: Devices;
}

export interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const FRESH: Memory = { joined: false, micOn: true, devices: {} };

function keyOf(conference: string, site: string): string {
  return `diemcau.site:${conference}/${site}`;
}

export function recall(storage: Storage, conference: string, site: string): Memory {
  try {
    const stored: unknown = JSON.parse(storage.getItem(keyOf(conference, site)) ?? '{}');
    return { ...FRESH, ...(typeof stored === 'object' ? stored : {}) };
  } catch {
    return { ...FRESH };
  }
}

export function remember(storage: Storage, conference: string, site: string, memory: Memory): void {
  storage.setItem(keyOf(conference, site), JSON.stringify(memory));
}
