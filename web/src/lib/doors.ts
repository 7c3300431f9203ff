/** The pages of a running session that somebody's roles lead to, the one he works at first. Pure. */
import type { TextKey } from '../i18n/catalogue.ts';
import type { Book } from './office.ts';
import { may, mayIn, ownMcus, reachesSession } from './rights.ts';
import type { Me } from './types.ts';

export interface Door {
  path: string;
  text: TextKey;
  icon: 'keyboard' | 'hand' | 'server' | 'screen' | 'camera';
}

interface Session {
  id: string;
  unit: string;
  master: string;
  conference: string;
}

export function doors(me: Me, book: Book, session: Session): Door[] {
  const at = `/c/${session.conference}`;
  const own = me.role === 'operator' ? [] : ownMcus(me, book);
  const first = own.find((mcu) => mcu.id === session.master) ?? own[0];
  const found: (Door | false | undefined)[] = [
    mayIn(me, book, 'direct', session) && { path: `${at}/control`, text: 'home.enter_control', icon: 'keyboard' },
    reachesSession(me, book, session, ['chair', 'office']) && { path: `${at}/chair`, text: 'home.link_chair', icon: 'hand' },
    first && { path: `${at}/mcu/${first.id}`, text: 'technician.title', icon: 'server' },
    me.account !== undefined && may(me, 'join') && { path: `/d/${session.id}/session`, text: 'session.join', icon: 'camera' },
    mayIn(me, book, 'watch', session) && { path: `${at}/screen`, text: 'home.link_screen', icon: 'screen' },
  ];
  return found.filter((door) => Boolean(door)) as Door[];
}
