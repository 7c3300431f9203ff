import { describe, expect, it } from 'vitest';
import { guestsOf, placeIn } from '../src/lib/agenda.ts';
import { savedFavourites, saveFavourites, toggledFavourite } from '../src/lib/favourites.ts';
import { nearest } from '../src/lib/map.ts';

const START = '2026-11-24T01:00:00.000Z';
const at = (minutes: number) => Date.parse(START) + minutes * 60_000;
const iso = (minutes: number) => new Date(at(minutes)).toISOString();
const item = (id: string, minutes: number, sites: string[] = []) => ({ id, title: id, minutes, sites });
const agenda = [item('a', 10, ['chair']), item('b', 20, ['chair', 'x', '']), item('c', 5)];

describe('where a session is in its script', () => {
  it('is before the first item until one is on', () => {
    expect(placeIn(agenda, undefined, undefined, START, at(-5))).toEqual({ next: agenda[0], times: [iso(0), iso(10), iso(30)] });
  });

  it('counts from when the item came on, and moves what follows by how late it is', () => {
    const place = placeIn(agenda, 'b', iso(14), START, at(20.5));
    expect(place).toEqual({ now: agenda[1], next: agenda[2], left: 14, times: [iso(0), iso(14), iso(34)] });
  });

  it('says how long an item has been over; what follows begins now at the earliest', () => {
    const place = placeIn(agenda, 'b', iso(10), START, at(33));
    expect(place.left).toBe(-3);
    expect(place.times).toEqual([iso(0), iso(10), iso(33)]);
  });

  it('has nothing after the last item, and nothing at all without a script', () => {
    expect(placeIn(agenda, 'c', iso(30), START, at(31)).next).toBeUndefined();
    expect(placeIn([], undefined, undefined, START, at(0))).toEqual({ times: [] });
  });

  it('starts over when the item on air is no longer in the script', () => {
    expect(placeIn(agenda, 'gone', iso(3), START, at(4)).next).toBe(agenda[0]);
  });

  it('calls the sites of an item but the chair', () => {
    expect(guestsOf(agenda[1], 'chair')).toEqual(['x']);
    expect(guestsOf(undefined, 'chair')).toEqual([]);
  });
});

describe('sites that are called often', () => {
  it('are kept, and dropped by the same press', () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
    saveFavourites(storage, toggledFavourite(toggledFavourite([], 'x'), 'y'));
    expect(savedFavourites(storage)).toEqual(['x', 'y']);
    expect(toggledFavourite(savedFavourites(storage), 'x')).toEqual(['y']);
  });

  it('are none where storage holds something else', () => {
    for (const text of ['{', '{"a":1}', 'null']) expect(savedFavourites({ getItem: () => text })).toEqual([]);
    expect(savedFavourites({ getItem: () => '["x",3]' })).toEqual(['x']);
  });
});

describe('a finger on the map', () => {
  const points = [{ id: 'near', x: 0.5, y: 0.5 }, { id: 'beside', x: 0.55, y: 0.5 }, { id: 'far', x: 0.9, y: 0.1 }];
  it('finds those around it, the nearest first', () => {
    expect(nearest(points, { x: 0.54, y: 0.5 }, 4).map((one) => one.id)).toEqual(['beside', 'near']);
    expect(nearest(points, { x: 0.54, y: 0.5 }, 1).map((one) => one.id)).toEqual(['beside']);
    expect(nearest([], { x: 0, y: 0 }, 3)).toEqual([]);
  });
});
