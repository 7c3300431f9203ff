/** Putting a text on the clipboard, and that it is there, for a moment. */
const SAID_MS = 2000;

export class Copying {
  done = $state(false);

  /** A page over plain HTTP has no clipboard: the text is there to be selected. */
  async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return;
    }
    this.done = true;
    setTimeout(() => (this.done = false), SAID_MS);
  }
}
