// A media server in a page: one moving picture with a tone for all who play, an ear for all who publish.
(() => {
  const sessions = {};
  let last = 0;
  let drawn = 0;
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
  const pencil = canvas.getContext('2d');
  window.drawing = true;
  setInterval(() => {
    if (!window.drawing) return;
    drawn += 1;
    pencil.fillStyle = `hsl(${drawn % 360} 80% 40%)`;
    pencil.fillRect(0, 0, 640, 360);
  }, 40);
  const video = canvas.captureStream(25).getVideoTracks()[0];
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  const out = sound.createMediaStreamDestination();
  tone.connect(out);
  tone.start();

  const gathered = async (pc) => {
    while (pc.iceGatheringState !== 'complete') {
      await new Promise((done) => pc.addEventListener('icegatheringstatechange', done, { once: true }));
    }
    return pc.localDescription.sdp;
  };
  const keep = async (pc) => {
    const id = String(++last);
    sessions[id] = pc;
    return { id, sdp: await gathered(pc) };
  };
  window.whep = async () => {
    const pc = new RTCPeerConnection();
    pc.addTrack(out.stream.getAudioTracks()[0]);
    pc.addTrack(video);
    const codecs = RTCRtpReceiver.getCapabilities('video').codecs;
    pc.getTransceivers()[1].setCodecPreferences(codecs.filter((c) => /h264|rtx/i.test(c.mimeType)));
    await pc.setLocalDescription(await pc.createOffer());
    return keep(pc);
  };
  window.answer = (id, sdp) => sessions[id].setRemoteDescription({ type: 'answer', sdp });
  window.whip = async (sdp) => {
    const pc = new RTCPeerConnection();
    await pc.setRemoteDescription({ type: 'offer', sdp });
    await pc.setLocalDescription(await pc.createAnswer());
    return keep(pc);
  };
  window.silence = async () => {
    for (const pc of Object.values(sessions)) for (const s of pc.getSenders()) await s.replaceTrack(null);
  };
  window.end = (id) => {
    sessions[id]?.close();
    delete sessions[id];
  };
  window.received = async () => {
    let frames = 0;
    for (const pc of Object.values(sessions)) {
      for (const entry of (await pc.getStats()).values()) frames += entry.framesDecoded ?? 0;
    }
    return frames;
  };
})();
