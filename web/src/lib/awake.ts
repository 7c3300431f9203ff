/** A meeting room's screen does not go to sleep; where the browser cannot promise that, nothing happens. */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  const ask = async () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    lock = await navigator.wakeLock.request('screen').catch(() => undefined);
  };
  const onVisible = () => void ask();
  document.addEventListener('visibilitychange', onVisible);
  void ask();
  return () => {
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}
