// A click made on the spot: no file to load, and nothing that could still be playing later.

export type Sound = "arrived" | "closed";

const PITCH_HZ: Record<Sound, number> = { arrived: 880, closed: 587 };
/** Quiet enough for a shop: it is heard by who taps. */
const LOUDNESS = 0.06;
const LENGTH_S = 0.07;

let context: AudioContext | null = null;

export function click(sound: Sound): void {
  // Where there is no sound there is nothing to say about it.
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  const at = context.currentTime;
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = PITCH_HZ[sound];
  loudness.gain.setValueAtTime(LOUDNESS, at);
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH_S);
  tone.connect(loudness).connect(context.destination);
  tone.start(at);
  tone.stop(at + LENGTH_S);
}
