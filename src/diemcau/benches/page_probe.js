// In the measured page, before its own scripts. A patch says when it was `sent` (the mock, same
// clock). It counts as painted in the first task after the frame that follows the first change in
// a site's row; a patch that changes no row in sight so counts until the next one that does.
(() => {
  const waiting = [];
  const framed = new MessageChannel();
  let seen = { tasks: [], updates: [] };
  let began = Infinity;

  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener('message', ({ data }) => {
        const sent = /^\{"type":"patch","sent":(\d+)/.exec(data)?.[1];
        if (sent) waiting.push(Number(sent));
      });
    }
  };

  const inRow = ({ target }) => (target.closest ? target : target.parentElement)?.closest('[data-site]');
  new MutationObserver((changes) => {
    if (waiting.length === 0 || !changes.some(inRow)) return;
    const painted = waiting.splice(0);
    requestAnimationFrame(() => framed.port2.postMessage(painted));
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  framed.port1.onmessage = ({ data }) => {
    const now = Date.now();
    if (performance.now() > began) seen.updates.push(...data.map((sent) => now - sent));
  };

  const note = (entries) => {
    for (const { startTime, duration } of entries) if (startTime > began) seen.tasks.push(duration);
  };
  const tasks = new PerformanceObserver((list) => note(list.getEntries()));
  tasks.observe({ type: 'longtask' });

  window.bench = {
    begin: () => {
      began = performance.now();
      seen = { tasks: [], updates: [] };
    },
    end: () => {
      note(tasks.takeRecords());
      began = Infinity;
      return seen;
    },
  };
})();
