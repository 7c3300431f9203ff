/** Everything the palette can do: the catalogue of keys, and what has no key of its own. */
import { tick } from 'svelte';
import { reader, t } from '../../../i18n/i18n.svelte.ts';
import { KEYS, type KeyId, type Shortcut } from '../../../keys.ts';
import { siteOf } from '../../../lib/source.ts';
import { unitPath } from '../../../lib/tree.ts';
import type { ControlDesk } from '../control.svelte.ts';
import { VIEWS } from './board.svelte.ts';
import { FILTERS } from './filters.ts';
import type { Entry } from './palette.ts';
import { slates } from './slates.ts';

export interface Command extends Entry {
  /** `add`: with shift. */
  run: (add: boolean) => void;
}

/** Keys that mean a number, a row or the palette itself: nothing to be chosen by name. */
const NAMELESS = new Set<string>(['site', 'add', 'next', 'previous', 'palette', 'escape']);

export function commands(desk: ControlDesk): Command[] {
  return [...byKey(desk), ...ofSession(desk), ...ofScript(desk), ...ofScenes(desk), ...ofIncidents(desk), ...ofLinks(desk), ...ofView(desk), ...ofSites(desk)];
}

function command(id: string, label: string, kind: string, run: (add: boolean) => void, weight = 0): Command {
  return { id, label, kind, run, weight };
}

function byKey(desk: ControlDesk): Command[] {
  return (KEYS as readonly Shortcut[])
    .filter((entry) => !NAMELESS.has(entry.id) && entry.where === undefined)
    .map((entry) => ({ ...command(`key:${entry.id}`, t(entry.text), t('palette.command'), () => desk.act(entry.id as KeyId), 1), caps: entry.caps }));
}

function ofSession(desk: ControlDesk): Command[] {
  const kind = t('palette.command');
  const now = desk.conference;
  const one = (id: string, label: string, run: () => void) => command(id, label, kind, run, 1);
  return [
    ...slates().map((text) => one(`slate:${text}`, t('palette.slate', { text }), () => desk.slate(text))),
    ...(now?.slate ? [one('slate:off', t('slate.off'), () => desk.slate(''))] : []),
    one('clock', t(now?.clock ? 'palette.clock_off' : 'palette.clock_on'), desk.toggleClock),
    one('lock', t(now?.locked ? 'palette.unlock' : 'session.lock'), desk.toggleLock),
    one('mute-but', t('session.mute_but'), () => desk.muteAllBut()),
    one('record', t(desk.recordingNow ? 'record.stop' : 'record.start'), () => void twice(desk, () => desk.toggleRecording())),
    ...(now?.ends_at ? [one('extend', t('palette.extend'), desk.extend)] : []),
    ...(desk.live.state?.rehearsal ? [one('rehearsal', t('rehearsal.end'), desk.endRehearsal)] : [one('rehearsal', t('rehearsal.begin'), () => desk.rehearse([]))]),
    ...(desk.site(desk.selected) ? [one('examine', t('rehearsal.again_site', { site: desk.nameOf(desk.selected) }), () => desk.rehearse([desk.selected]))] : []),
    one('end', t('session.end'), () => void twice(desk, () => desk.end())),
    ...desk.layouts.map((layout) =>
      one(`layout:${layout.id}`, t('palette.layout', { name: reader.language === 'vi' ? layout.name : layout.name_en }), () => desk.choose(layout)),
    ),
    ...(now?.banner ? [one('banner:off', t('palette.banner_off'), () => void desk.sendBanner(''))] : []),
  ];
}

/** The first of two presses: the second one is where it can be read what for, and the keys are there. */
async function twice(desk: ControlDesk, run: () => void): Promise<void> {
  await desk.dock.open('session');
  run();
  await tick();
  document.querySelector<HTMLElement>('[data-sure]')?.focus();
}

function ofScript(desk: ControlDesk): Command[] {
  const kind = t('palette.item');
  return desk.items.flatMap((item, index) => [
    command(`prepare:${item.id}`, t('palette.prepare_item', { n: index + 1, title: item.title }), kind, () => desk.prepareItem(item)),
    command(`take:${item.id}`, t('palette.take_item', { n: index + 1, title: item.title }), kind, () => desk.takeItem(item)),
  ]);
}

function ofScenes(desk: ControlDesk): Command[] {
  const kind = t('palette.scene');
  return desk.shelf.kept.flatMap((kept) => [
    command(`scene:${kept.id}`, t('scenes.prepare_scene', { name: kept.name }), kind, () => desk.prepareScene(kept)),
    command(`take-scene:${kept.id}`, t('scenes.take_scene', { name: kept.name }), kind, () => desk.takeScene(kept)),
  ]);
}

function ofIncidents(desk: ControlDesk): Command[] {
  const open = Object.values(desk.live.state?.incidents ?? {}).filter((one) => one.state === 'reported');
  return open.map((one) =>
    command(`incident:${one.id}`, t('palette.incident', { site: desk.placeOf(one), text: one.text }), t('palette.command'), () => {
      desk.run(() => desk.at.incidents.step(one.id, { state: 'taken' }));
      desk.openThread(one.site);
    }, 1),
  );
}

function ofLinks(desk: ControlDesk): Command[] {
  const kind = t('palette.command');
  const site = desk.site(siteOf(desk.selected));
  return [
    command('link:chair', t('links.of_chair'), kind, () => (desk.guest = { role: 'chair' })),
    command('link:viewer', t('links.of_viewer'), kind, () => (desk.guest = { role: 'viewer' })),
    ...(site ? [command('link:site', t('links.of_site', { site: site.name }), kind, () => (desk.guest = { role: 'site', site: site.id }))] : []),
  ];
}

function ofView(desk: ControlDesk): Command[] {
  const kind = t('palette.command');
  return [
    ...FILTERS.map((name) => command(`filter:${name}`, t('palette.filter', { name: t(`sites.only_${name}`) }), kind, () => (desk.board.filter = name))),
    ...VIEWS.map((view) => command(`view:${view}`, t('palette.view', { name: t(`sites.${view}`) }), kind, () => (desk.board.view = view))),
    command('language', t('palette.language'), kind, () => reader.choose(reader.language === 'vi' ? 'en' : 'vi')),
  ];
}

function ofSites(desk: ControlDesk): Command[] {
  const kind = t('palette.site');
  return desk.board.leaves.map((leaf) => ({
    ...command(`site:${leaf.id}`, leaf.name, kind, (add) => desk.pick(leaf.id, add), 2),
    more: `${leaf.code} ${unitPath(desk.units, leaf.unit)}`,
  }));
}
