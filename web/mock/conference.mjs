/** A conference that behaves: scenes, tally, slots, calls that connect after 250 ms, levels that move. */
import { freshState, layouts } from './data.mjs';

const CONNECT_MS = 250;

/** RFC 7396 merge patch from `before` to `after`. */
function difference(before, after) {
  const patch = {};
  for (const name of Object.keys(before)) if (!(name in after)) patch[name] = null;
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    const both = [old, value].every((v) => v && typeof v === 'object' && !Array.isArray(v));
    if (both) {
      const inner = difference(old, value);
      if (Object.keys(inner).length > 0) patch[name] = inner;
    } else if (JSON.stringify(old) !== JSON.stringify(value)) patch[name] = value;
  }
  return patch;
}

export class MockConference {
  constructor(id, title, sites) {
    this.state = freshState(id, title);
    if (sites) {
      for (const site of Object.keys(this.state.sites)) if (!sites.includes(site)) delete this.state.sites[site];
    }
    this.sockets = new Set();
    this.beforeCall = undefined;
    this.number = 0;
    this.#place();
    this.said = structuredClone(this.state);
    this.timer = setInterval(() => this.#wobble(), 400);
    this.timer.unref();
  }

  snapshot() {
    return { type: 'snapshot', now: new Date().toISOString(), state: this.state };
  }

  tell() {
    const patch = difference(this.said, this.state);
    this.said = structuredClone(this.state);
    if (Object.keys(patch).length === 0) return;
    const text = JSON.stringify({ type: 'patch', patch });
    for (const socket of this.sockets) socket.send(text);
  }

  preview(scene) {
    this.state.conference.preview = this.scene(scene);
    this.changed();
  }

  take(scene) {
    const { conference } = this.state;
    const next = scene ? this.scene(scene) : conference.preview;
    conference.preview = conference.program;
    conference.program = next;
    this.changed();
  }

  call(site) {
    const { conference } = this.state;
    const call = { id: `k${++this.number}`, site, requested_at: new Date().toISOString(), state: 'requested' };
    this.#endCalls();
    conference.calls = [call, ...conference.calls].slice(0, 20);
    this.beforeCall ??= conference.program;
    conference.program = this.scene({ layout: 'side-by-side', sites: [conference.chair, site] });
    this.changed();
    const delay = this.state.sites[site].state === 'ready' ? CONNECT_MS : 8000;
    setTimeout(() => {
      const there = conference.calls.find((k) => k.id === call.id);
      if (there?.state !== 'requested') return;
      const figures = { picture_ms: delay - 38, sound_ms: delay - 12, connect_ms: delay - 12 };
      Object.assign(there, delay === CONNECT_MS ? { state: 'connected', ...figures } : { state: 'failed' });
      this.changed();
    }, delay);
    return call;
  }

  release() {
    this.#endCalls();
    if (this.beforeCall) this.state.conference.program = this.beforeCall;
    this.beforeCall = undefined;
    this.changed();
  }

  mute(site, muted) {
    this.state.sites[site].muted = muted;
    this.changed();
  }

  muteAll(except) {
    for (const site of Object.values(this.state.sites)) if (!except.includes(site.id)) site.muted = true;
    this.changed();
  }

  banner(text) {
    this.state.conference.banner = text;
    this.changed();
  }

  #endCalls() {
    this.state.conference.calls = this.state.conference.calls.map((call) =>
      ['requested', 'connected'].includes(call.state) ? { ...call, state: 'released' } : call,
    );
  }

  scene(order) {
    const panes = order.panes ?? layouts.find((layout) => layout.id === order.layout)?.panes;
    if (!panes) throw Object.assign(new Error(`no layout ${order.layout}`), { status: 422 });
    return { layout: order.layout ?? 'custom', panes, sites: panes.map((_, i) => order.sites[i] ?? '') };
  }

  #place() {
    const { program, preview } = this.state.conference;
    const shown = [...program.sites, ...preview.sites].filter(Boolean);
    const unique = [...new Set(shown)];
    for (const site of Object.values(this.state.sites)) {
      site.tally = program.sites.includes(site.id) ? 'on_air' : preview.sites.includes(site.id) ? 'next' : 'off';
      if (unique.includes(site.id)) site.slot = unique.indexOf(site.id);
      else delete site.slot;
    }
    for (const mcu of Object.values(this.state.mcus)) {
      const mine = unique.filter((id) => this.state.sites[id]?.mcu === mcu.id);
      for (const lane of mcu.link?.lanes ?? []) {
        if (mine[lane.lane]) lane.site = mine[lane.lane];
        else delete lane.site;
      }
    }
  }

  changed() {
    this.#place();
    this.tell();
  }

  #wobble() {
    for (const site of Object.values(this.state.sites)) {
      if (site.state !== 'ready') continue;
      const speaks = site.tally === 'on_air' && !site.muted;
      site.level_db = Math.round((speaks ? -30 + 24 * Math.random() : -56 + 14 * Math.random()) * 10) / 10;
    }
    this.tell();
  }
}
