/** Read something that the page cannot do without: again and again until it is there, or the token is refused. */
import { Problem } from './api.ts';
import { Backoff } from './backoff.ts';

export async function untilRead<T>(read: () => Promise<T>, stopped: () => boolean): Promise<T | undefined> {
  const backoff = new Backoff(300, 5000);
  while (!stopped()) {
    try {
      return await read();
    } catch (error) {
      if (error instanceof Problem && error.final) return undefined;
      await new Promise((resolve) => setTimeout(resolve, backoff.next()));
    }
  }
  return undefined;
}
