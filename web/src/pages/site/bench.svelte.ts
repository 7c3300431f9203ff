/** Camera and microphone as they are picked, plugged in and out: alone there is no session, and nothing is sent. */
import { Backoff } from '../../lib/backoff.ts';
import { capture, CaptureError, pluggedIn, stopTracks, type CaptureFault, type Devices } from '../../lib/capture.ts';

export class Bench {
  media = $state.raw<MediaStream | null>(null);
  fault = $state<CaptureFault | null>(null);
  devices = $state.raw<MediaDeviceInfo[]>([]);
  picked = $state.raw<Devices>({});
  readonly hasMicrophone = $derived.by(() => (this.media?.getAudioTracks().length ?? 0) > 0);

  readonly #backoff = new Backoff(1000, 5000);
  #retry: ReturnType<typeof setTimeout> | undefined;
  #acquiring: Promise<void> | null = null;
  /** Let go of: what the browser still hands out is given back. */
  #over = false;

  start(): () => void {
    const changed = () => void this.#devicesChanged();
    navigator.mediaDevices?.addEventListener('devicechange', changed);
    void this.open();
    return () => {
      navigator.mediaDevices?.removeEventListener('devicechange', changed);
      this.letGo();
    };
  }

  /** Begin, or begin again after all was let go of. */
  open(): Promise<void> {
    this.#over = false;
    return this.acquire();
  }

  letGo(): void {
    this.#over = true;
    clearTimeout(this.#retry);
    stopTracks(this.media);
    this.media = null;
  }

  /** Open camera and microphone; try again by itself where a person need not do anything first. */
  async acquire(): Promise<void> {
    if (this.#over) return;
    this.#acquiring ??= this.#acquire().finally(() => (this.#acquiring = null));
    await this.#acquiring;
  }

  async pick(devices: Devices): Promise<void> {
    this.picked = devices;
    await this.acquire();
  }

  /** For whoever does something with it; the former media go on until this is done. */
  protected adopted(_media: MediaStream): void {}

  /** Others may be picked while the browser asks for these. */
  async #acquire(): Promise<void> {
    let wanted: Devices;
    do {
      wanted = this.picked;
      await this.#ask(wanted);
    } while (wanted !== this.picked && !this.#over);
    await this.#listDevices();
  }

  async #ask(wanted: Devices): Promise<void> {
    clearTimeout(this.#retry);
    try {
      const media = await capture(wanted);
      if (this.#over) stopTracks(media);
      else this.#adopt(media);
    } catch (error) {
      if (this.#over) return;
      this.fault = error instanceof CaptureError ? error.fault : 'other';
      const waits = this.fault === 'denied' || this.fault === 'insecure';
      if (!waits) this.#retry = setTimeout(() => void this.acquire(), this.#backoff.next());
    }
  }

  #adopt(media: MediaStream): void {
    const before = this.media;
    this.media = media;
    this.fault = null;
    this.#backoff.reset();
    for (const track of media.getTracks()) track.onended = () => void this.acquire();
    this.adopted(media);
    for (const track of before?.getTracks() ?? []) track.onended = null;
    stopTracks(before);
  }

  async #devicesChanged(): Promise<void> {
    await this.#listDevices();
    const waits = this.fault === 'missing' || this.fault === 'busy';
    const plugged = this.devices.some((device) => device.kind === 'audioinput');
    const mute = this.media !== null && !this.hasMicrophone && plugged;
    if (waits || mute || this.#isBack()) await this.acquire();
  }

  /** A device that is picked and was gone is plugged in again. */
  #isBack(): boolean {
    if (!this.media) return false;
    const used = this.media.getTracks().map((track) => track.getSettings().deviceId);
    return Object.values(pluggedIn(this.picked, this.devices)).some((id) => !used.includes(id));
  }

  async #listDevices(): Promise<void> {
    this.devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  }
}
