// The devices: microphone and speaker, through two AudioWorklet nodes.

const REASONS = { NotAllowedError: "denied", NotFoundError: "missing" };
const NO_WORKLET = window.isSecureContext ? "soundless" : "insecure";

const stop = (stream) => stream.getTracks().forEach((track) => track.stop()); // which is not told as its end

/**
 * Tells events of `session.js`; what is recorded goes to `onFrame({samples, peak})`, what is played comes to
 * `onPlayed({item, ms, audibleMs, cleared})`.
 */
export class Sound {
  microphoneId = "";
  speakerId = "";
  #told;
  #context = null;
  #ready = null; // a promise: whether sound can be recorded and played
  #player = null;
  #microphone = null; // {stream, source, node}
  #isFinishing = false;
  #isOpen = false;

  constructor(told) {
    this.#told = told;
  }

  /** Make the audio context. It has to be called from the tap itself: browsers allow sound only then. */
  open() {
    this.#isOpen = true;
    this.#isFinishing = false;
    if (navigator.audioSession) navigator.audioSession.type = "play-and-record";
    if (!this.#context) this.#ready = this.#load();
    this.#ready.then((isReady) => isReady || this.#found(NO_WORKLET));
    this.wake();
    setTimeout(() => this.#changed(), 2000); // one that never runs does not change either
  }

  /** Resume sound that the browser holds back. */
  wake() {
    if (this.#isOpen) this.#context?.resume().catch(() => {});
  }

  /** Close the microphone that is open, and open the one that was chosen. */
  async openMicrophone() {
    if (!(await this.#ready)) return this.#found(NO_WORKLET);
    this.#closeMicrophone();
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    if (this.microphoneId) wanted.deviceId = { ideal: this.microphoneId };
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
      if (!this.#isOpen) return stop(stream);
      this.#attach(stream);
      this.#found("on");
    } catch (error) {
      this.#found(REASONS[error.name] || "unusable");
    }
  }

  mute(on) {
    for (const track of this.#microphone?.stream.getTracks() || []) track.enabled = !on;
  }

  play(samples, item, start) {
    this.#player?.port.postMessage({ samples, item, start }, [samples.buffer]);
  }

  clear() {
    this.#player?.port.postMessage({ clear: true });
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

  async chooseSpeaker(id) {
    this.speakerId = id;
    await this.#context?.setSinkId?.(id).catch(() => {});
  }

  async #load() {
    try {
      const context = (this.#context = new AudioContext()); // at the device's rate: Firefox insists
      context.onstatechange = () => this.#changed();
      await context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
      this.#player = new AudioWorkletNode(context, "player", { numberOfInputs: 0, outputChannelCount: [1] });
      this.#player.port.onmessage = ({ data }) => this.#heard(data);
      this.#player.connect(context.destination);
      await this.chooseSpeaker(this.speakerId);
      return true;
    } catch {
      this.#context?.close();
      this.#context = null; // to be tried again when a conversation is begun
      return false;
    }
  }

  #found(microphone) {
    this.#told.tell("microphoneFound", { microphone });
  }

  #heard(data) {
    // Firefox can hang when asked
    const { outputLatency = 0, baseLatency = 0 } = /Firefox/.test(navigator.userAgent) ? {} : this.#context;
    const late = data.cleared ? 0 : (outputLatency + baseLatency) * 1000;
    this.#told.onPlayed({ ...data, audibleMs: Math.max(0, data.ms - late) });
    if (data.idle && this.#isFinishing) this.close();
  }

  #attach(stream) {
    this.#closeMicrophone();
    const source = this.#context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(this.#context, "microphone", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    node.port.onmessage = ({ data }) => this.#told.onFrame(data);
    source.connect(node);
    stream.getAudioTracks()[0].onended = () => this.#told.tell("microphoneLost");
    this.#microphone = { stream, source, node };
  }

  #closeMicrophone() {
    if (!this.#microphone) return;
    const { stream, source, node } = this.#microphone;
    this.#microphone = null;
    source.disconnect();
    node.port.close();
    stop(stream);
  }

  #changed() {
    if (!this.#context) return;
    this.#told.tell("sound", { paused: this.#isOpen && !["running", "closed"].includes(this.#context.state) });
  }
}
