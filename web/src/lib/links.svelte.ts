/** Links into one session, each made once: a code that was read out stays the one that is shown. */
import type { ConferenceApi } from './api.ts';
import type { Link } from './types.ts';

/** Who a link is for. An operator's has neither code nor picture, and is not handed round. */
export interface Guest {
  role: 'site' | 'chair' | 'viewer';
  site?: string;
}

export class Links {
  #made = $state.raw<ReadonlyMap<string, Link>>(new Map());

  constructor(private readonly at: ConferenceApi) {}

  /** The one that was made and is still good. */
  of(guest: Guest): Link | undefined {
    const link = this.#made.get(keyOf(guest));
    return link && Date.parse(link.expires_at) > Date.now() ? link : undefined;
  }

  async make(guest: Guest): Promise<Link> {
    const link = this.of(guest) ?? (await this.at.link(guest.role, guest.site));
    this.#made = new Map(this.#made).set(keyOf(guest), link);
    return link;
  }
}

function keyOf({ role, site = '' }: Guest): string {
  return `${role}:${site}`;
}
