/** Slates that are wanted again and again. */
import { t } from '../../../i18n/i18n.svelte.ts';

export function slates(): string[] {
  return [t('slate.pause'), t('slate.soon'), t('slate.lunch'), t('slate.over')];
}
