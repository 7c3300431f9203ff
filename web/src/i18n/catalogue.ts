/** Every text a person reads: [Vietnamese, English]. A key without either does not compile. */
import { chair } from './chair.ts';
import { common } from './common.ts';
import { control } from './control.ts';
import { home } from './home.ts';
import { keys } from './keys.ts';
import { site } from './site.ts';

export type Text = readonly [vi: string, en: string];

export const texts = { ...common, ...control, ...chair, ...site, ...home, ...keys } as const;

export type TextKey = keyof typeof texts;
