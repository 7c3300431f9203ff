/** Camera and microphone on trial alone: no session, nothing is sent. */
import { capture, CaptureError, stopTracks, type CaptureFault, type Devices } from '../../lib/capture.ts';

export class Bench {
  media = $state.raw<MediaStream | null>(null);
  fault = $state<CaptureFault | null>(null);
  devices = $state.raw<MediaDeviceInfo[]>([]);
  picked = $state.raw<Devices>({});

  start(): () => void {
    void this.acquire();
    return () => stopTracks(this.media);
  }

  async acquire(): Promise<void> {
    try {
      const media = await capture(this.picked);
      stopTracks(this.media);
      this.media = media;
      this.fault = null;
    } catch (error) {
      this.fault = error instanceof CaptureError ? error.fault : 'other';
    }
    this.devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  }

  async pick(devices: Devices): Promise<void> {
    this.picked = devices;
    await this.acquire();
  }
}
