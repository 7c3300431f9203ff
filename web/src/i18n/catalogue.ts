/** Every text a person reads: [Vietnamese, English]. A key without either does not compile. */
import { account } from './account.ts';
import { book } from './book.ts';
import { chair } from './chair.ts';
import { clip } from './clip.ts';
import { common } from './common.ts';
import { control } from './control.ts';
import { desk } from './desk.ts';
import { dossier } from './dossier.ts';
import { figures } from './figures.ts';
import { guided } from './guided.ts';
import { home } from './home.ts';
import { incident } from './incident.ts';
import { join } from './join.ts';
import { keys } from './keys.ts';
import { links } from './links.ts';
import { office } from './office.ts';
import { operator } from './operator.ts';
import { script } from './script.ts';
import { selftest } from './selftest.ts';
import { session } from './session.ts';
import { share } from './share.ts';
import { site } from './site.ts';
import { technician } from './technician.ts';

export type Text = readonly [vi: string, en: string];

export const texts = {
  ...common, ...control, ...chair, ...site, ...selftest, ...join, ...home, ...keys, ...office, ...account, ...desk, ...dossier, ...script, ...session, ...book, ...technician,
  ...share, ...operator, ...incident, ...links, ...guided, ...clip, ...figures,
} as const;

export type TextKey = keyof typeof texts;
