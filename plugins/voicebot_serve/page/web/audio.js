// The devices: microphone and speaker, through two AudioWorklet nodes.

const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "unusable",
  AbortError: "unusable",
};

export const isSupported = "AudioWorkletNode" in window || !window.isSecureContext;

/**
 * Tells events of `session.js`; what is recorded goes to `onFrame({samples, peak})`, what is played comes to
 * `onPlayed({item, ms, audibleMs})`, `onCleared({item, ms})`.
 */
export class Sound {
  onFrame = () => {};
  onPlayed = () => {};
  onCleared = () => {};
  microphoneId = "";
  speakerId = "";
  #tell;
  #context = null;
  #ready = null;
  #player = null;
  #microphone = null; // {stream, source, node}
  #isMuted = false;
  #isFinishing = false;
  #isOpen = false;

  constructor(tell) {
    this.#tell = tell;
  }

  /** Make the audio context. It has to be called from the tap itself: browsers allow sound only then. */
  open() {
    this.#isOpen = true;
    this.#isFinishing = false;
    if (navigator.audioSession) navigator.audioSession.type = "play-and-record";
    if (!this.#context && window.AudioWorkletNode) {
      this.#context = new AudioContext({ latencyHint: "interactive" }); // at the device's rate: Firefox insists
      this.#context.onstatechange = () => this.#changed();
      this.#ready = this.#load();
    }
    this.wake();
    setTimeout(() => this.#context && this.#changed(), 2000); // one that never runs does not change either
  }

  /** Resume sound that the browser holds back. */
  wake() {
    if (this.#isOpen && this.#context?.state !== "running") this.#context?.resume().catch(() => {});
  }

  async openMicrophone() {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#tell({ type: "microphoneFailed", reason: window.isSecureContext ? "missing" : "insecure" });
      return;
    }
    this.#closeMicrophone();
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    if (this.microphoneId) wanted.deviceId = { ideal: this.microphoneId };
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
      await this.#ready;
      if (!this.#isOpen) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.#attach(stream);
      this.#tell({ type: "microphoneOpened" });
    } catch (error) {
      this.#tell({ type: "microphoneFailed", reason: REASONS[error.name] || "unusable" });
    }
  }

  mute(on) {
    this.#isMuted = on;
    this.#microphone?.stream.getTracks().forEach((track) => (track.enabled = !on));
  }

  play(samples, item, start) {
    this.#player?.port.postMessage({ samples, item, start }, [samples.buffer]);
  }

  clear() {
    this.#player?.port.postMessage({ clear: true });
  }

  /** Seconds from the worklet to the ear. */
  get latency() {
    return (this.#context?.outputLatency || 0) + (this.#context?.baseLatency || 0);
  }

  /** Close the microphone at once, and the sound when everything was played. */
  finish() {
    this.#closeMicrophone();
    this.#isFinishing = true;
    this.#player?.port.postMessage({ ask: true });
  }

  close() {
    this.#isOpen = this.#isFinishing = false;
    this.#closeMicrophone();
    this.clear();
    setTimeout(() => {
      if (!this.#isOpen) this.#context?.suspend().catch(() => {}); // an idle context keeps the device awake
    }, 200);
  }

  async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) || [];
    const of = (kind) => all.filter((each) => each.kind === kind && each.deviceId);
    const chooses = "setSinkId" in (window.AudioContext?.prototype || {});
    return { microphones: of("audioinput"), speakers: chooses ? of("audiooutput") : [] };
  }

  async chooseSpeaker(id) {
    this.speakerId = id;
    await this.#context?.setSinkId?.(id).catch(() => {});
  }

  async #load() {
    const context = this.#context;
    await context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
    this.#player = new AudioWorkletNode(context, "player", { numberOfInputs: 0, outputChannelCount: [1] });
    this.#player.port.onmessage = ({ data }) => this.#heard(data);
    this.#player.connect(context.destination);
    if (this.speakerId) await this.chooseSpeaker(this.speakerId);
  }

  #heard(data) {
    if (data.cleared) this.onCleared(data);
    else this.onPlayed({ ...data, audibleMs: Math.max(0, data.ms - this.latency * 1000) });
    if (data.idle && this.#isFinishing) this.close();
  }

  #attach(stream) {
    const source = this.#context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(this.#context, "microphone", { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }) => this.onFrame(data);
    source.connect(node);
    const [track] = stream.getAudioTracks();
    track.onended = () => this.#tell({ type: "microphoneLost" });
    this.#microphone = { stream, source, node };
    this.mute(this.#isMuted);
  }

  #closeMicrophone() {
    const microphone = this.#microphone;
    this.#microphone = null;
    if (!microphone) return;
    microphone.source.disconnect();
    microphone.node.port.close();
    microphone.stream.getTracks().forEach((track) => {
      track.onended = null;
      track.stop();
    });
  }

  #changed() {
    const { state } = this.#context;
    this.#tell({ type: "sound", paused: this.#isOpen && state !== "running" && state !== "closed" });
  }
}
