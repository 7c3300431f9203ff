/** A conference that behaves: scenes, tally, slots, calls that connect after 250 ms, levels that move. */
import { freshState, layouts } from './data.mjs';
import { Refusal } from './refusal.mjs';

const CONNECT_MS = 250;
const CALL_WITHIN_MS = 30_000;
/** A real server sends at most so many patches a second. */
const PATCHES_A_SECOND = 5;

const siteOf = (source) => source.replace(/\.content$/, '');

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
    this.tests = new Map();
    this.beforeCall = undefined;
    this.number = 0;
    this.#place();
    this.said = structuredClone(this.state);
    this.round = 0;
    // MOCK_NEWS=1: news of every site every second, as on the largest day of the nation.
    const news = Boolean(process.env.MOCK_NEWS);
    this.timer = setInterval(() => (news ? this.#news() : this.#wobble()), news ? 1000 / PATCHES_A_SECOND : 400);
    this.timer.unref();
  }

  snapshot() {
    return { type: 'snapshot', now: new Date().toISOString(), state: this.state };
  }

  show(socket) {
    socket.send(JSON.stringify({ ...this.snapshot(), state: socket.own ? this.area(socket.own) : this.state }));
  }

  tell() {
    const patch = difference(this.said, this.state);
    this.said = structuredClone(this.state);
    if (Object.keys(patch).length === 0) return;
    const text = JSON.stringify({ type: 'patch', patch });
    for (const socket of this.sockets) {
      if (socket.own) this.show(socket);
      else socket.send(text);
    }
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
    conference.hands = conference.hands.filter((hand) => hand.site !== site);
    conference.program = this.scene({ layout: 'side-by-side', sites: [conference.chair, site] });
    this.changed();
    const delay = this.state.sites[site].state === 'ready' ? CONNECT_MS : 8000;
    setTimeout(() => {
      const there = conference.calls.find((k) => k.id === call.id);
      if (there?.state !== 'requested') return;
      Object.assign(there, delay === CONNECT_MS ? { picture_ms: delay - 38, sound_ms: delay - 12 } : { state: 'failed' });
      this.#connect(there);
      this.changed();
    }, delay);
    return call;
  }

  /** Picture and sound are there, and so is the word of the technician where one is asked for. */
  #connect(call) {
    const { requested_at, picture_ms, sound_ms, ask, state } = call;
    if (state !== 'requested' || sound_ms === undefined || (ask && !ask.confirmed_at)) return;
    const waited = ask ? Date.parse(ask.confirmed_at) - Date.parse(requested_at) : 0;
    Object.assign(call, { state: 'connected', connect_ms: Math.max(picture_ms, sound_ms, waited) });
  }

  /** An MCU becomes one of another make, whose picture comes from a site (`POST /mock/guided`). */
  guide(id, gateway) {
    Object.assign(this.state.mcus[id], { gateway });
    delete this.state.mcus[id].link;
    this.changed();
  }

  /** Its technician has put the site full screen. */
  shown(site, by) {
    const { ask } = this.state.mcus[this.state.sites[site]?.mcu] ?? {};
    if (ask?.site !== site) throw new Refusal(409, 'Yêu cầu đã đổi', 'The request has changed', 'Xem lại điểm cầu đang được yêu cầu.', 'Look again at what is asked for.', 'conflict');
    Object.assign(ask, { confirmed_at: new Date().toISOString(), confirmed_by: by });
    for (const call of this.state.conference.calls) {
      if (call.ask?.at !== ask.at) continue;
      call.ask = { ...ask, due_at: call.ask.due_at };
      this.#connect(call);
    }
    this.changed();
  }

  /** Of each guided MCU, what is on air, else next; of an open call, what it waits for. */
  #ask() {
    const { program, preview, calls } = this.state.conference;
    const due = (from) => new Date(Date.parse(from) + CALL_WITHIN_MS).toISOString();
    for (const mcu of Object.values(this.state.mcus).filter((one) => one.gateway)) {
      const site = [...program.sites, ...preview.sites].find((id) => this.state.sites[id]?.mcu === mcu.id);
      const at = new Date().toISOString();
      if (!site) delete mcu.ask;
      else if (mcu.ask?.site !== site) mcu.ask = { mcu: mcu.id, site, at, due_at: due(at) };
      const call = calls.find((one) => one.state === 'requested' && one.site === site && !one.ask);
      if (call) {
        mcu.ask.due_at = due(call.requested_at);
        call.ask = { ...mcu.ask };
      }
    }
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

  /** What an account that runs some of the MCUs sees (docs/protocol.md, section 2). */
  area(own) {
    const { sites, mcus, conference } = this.state;
    const lanes = own.flatMap((id) => (mcus[id]?.link?.lanes ?? []).map((lane) => lane.site));
    const shown = (site) => own.includes(site.mcu) || [...lanes, ...conference.program.sites, conference.chair].includes(site.id);
    const pick = (object, which) => Object.fromEntries(Object.entries(object).filter(([, value]) => which(value)));
    return {
      ...this.state,
      sites: pick(sites, shown),
      mcus: pick(mcus, (mcu) => own.includes(mcu.id) || own.some((id) => mcus[id]?.parent === mcu.id)),
      incidents: pick(this.state.incidents, (one) => own.includes(sites[one.site]?.mcu)),
      alarms: pick(this.state.alarms, (one) => {
        const [kind, ...ids] = one.subject.split('/');
        return ids.some((id) => own.includes(kind === 'site' ? sites[id]?.mcu : id));
      }),
    };
  }

  banner(text) {
    this.state.conference.banner = text;
    this.changed();
  }

  keepTest(site, by, { results }) {
    this.tests.set(site, { id: `c1.${site}`, dossier: 'c1', site, at: new Date().toISOString(), by, results });
    return this.tests.get(site);
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
    this.#ask();
    const { program, preview } = this.state.conference;
    const shown = [...program.sites, ...preview.sites].filter(Boolean);
    // Whoever shares is heard with the content.
    const unique = [...new Set([...shown, ...shown.map(siteOf)])];
    const has = (scene, id) => scene.sites.some((source) => source === id || siteOf(source) === id);
    for (const source of Object.values(this.state.sites).flatMap((site) => [site, ...(site.content ? [site.content] : [])])) {
      source.tally = has(program, source.id) ? 'on_air' : has(preview, source.id) ? 'next' : 'off';
      if (unique.includes(source.id)) source.slot = unique.indexOf(source.id);
      else delete source.slot;
    }
    for (const mcu of Object.values(this.state.mcus)) {
      const mine = unique.filter((id) => this.state.sites[siteOf(id)]?.mcu === mcu.id);
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

  /** Level, line and microphone of every fifth site, and a few that go or come: one patch, not worked out but written. */
  #news() {
    const patch = {};
    Object.values(this.state.sites).forEach((site, index) => {
      if (index % PATCHES_A_SECOND !== this.round % PATCHES_A_SECOND) return;
      const rare = (index + this.round) % 50 === 0;
      const state = rare && site.state === 'ready' ? 'lost' : 'ready';
      const change = {
        state,
        home: state,
        muted: !site.muted,
        level_db: Math.round((-60 + 54 * Math.random()) * 10) / 10,
      };
      const quality = { rtt_ms: Math.round(5 + 60 * Math.random()), kbps: Math.round(900 + 600 * Math.random()) };
      for (const one of [site, this.said.sites[site.id]]) Object.assign(one, change, { quality: { ...one.quality, ...quality } });
      patch[site.id] = { ...change, quality };
    });
    this.round += 1;
    const text = JSON.stringify({ type: 'patch', sent: Date.now(), patch: { sites: patch } });
    for (const socket of this.sockets) socket.send(text);
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
