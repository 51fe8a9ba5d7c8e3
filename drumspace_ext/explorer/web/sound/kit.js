/**
 * A kit's sounds, computed from the description of a file in sound/kits.
 *
 * The mathematics are those of sound/synthesis.py, sample by sample; its
 * neighbour kit.py says what each value does; tests/explorer/test_sound.py
 * compares them. All of it is pure: the same description gives the same
 * samples, anywhere.
 */

// exp(-DECAY) is -60 dB.
const DECAY = Math.log(1000);
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const MEAN_FREE = ['highpass', 20, Math.sqrt(0.5)];
// As in synthesis.py: strokes, and the room.
const SEEDS = 64;
const DETUNED = 0.006;
const ROOM_FILTERS = [['highpass', 250, 0.7], ['lowpass', 4500, 0.7]];
const COMBS_S = [0.0113, 0.0147, 0.0179, 0.0211];
const ALLPASSES_S = [0.0047, 0.0016];
const ALLPASS_GAIN = 0.6;
const DARK_Q = 0.5;

/**
 * One of 2**32 numbers for a counter, the same everywhere: a hash.
 * @param {number} counter An integer.
 * @return {number} An integer in [0, 2**32).
 */
export function hash32(counter) {
  let x = Math.imul(counter, 0x9E3779B9);
  x = Math.imul(x ^ x >>> 16, 0x85EBCA6B);
  x = Math.imul(x ^ x >>> 13, 0xC2B2AE35);
  return (x ^ x >>> 16) >>> 0;
}

function coefficients([kind, hertz, q, decibels], sampleRate) {
  const omega = 2 * Math.PI * hertz / sampleRate;
  const alpha = Math.sin(omega) / (2 * q);
  const cosine = Math.cos(omega);
  if (kind === 'peak') {
    const gain = 10 ** (decibels / 40);
    return [
      1 + alpha * gain, -2 * cosine, 1 - alpha * gain,
      1 + alpha / gain, -2 * cosine, 1 - alpha / gain,
    ];
  }
  const b = {
    highpass: [(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2],
    lowpass: [(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2],
    bandpass: [alpha, 0, -alpha],
  }[kind];
  return [...b, 1 + alpha, -2 * cosine, 1 - alpha];
}

/** Filters samples in place. */
function applyFilter(samples, row, sampleRate) {
  const all = coefficients(row, sampleRate);
  const [b0, b1, b2, , a1, a2] = all.map((value) => value / all[3]);
  let z1 = 0;
  let z2 = 0;
  for (let n = 0; n < samples.length; n++) {
    const x = samples[n];
    const y = b0 * x + z1;
    z1 = b1 * x - a1 * y + z2;
    z2 = b2 * x - a2 * y;
    samples[n] = y;
  }
}

function addTone(layer, samples, sampleRate, stroke) {
  const hertz = layer.frequency_hz * (1 + DETUNED * (stroke * GOLDEN % 1));
  const sweep = (layer.sweep_ratio - 1) * layer.sweep_s;
  const cycles = samples.map((_, n) => hertz * (
    n / sampleRate + sweep * (1 - Math.exp(-n / sampleRate / layer.sweep_s))));
  layer.ratios.forEach((ratio, number) => {
    const rate = DECAY * ratio ** layer.damping / layer.decay_s;
    const factor = Math.exp(-rate / sampleRate);
    let level = ratio ** layer.tilt;
    for (let n = 0; n < samples.length; n++) {
      const turns = ratio * cycles[n] + number * GOLDEN;
      const wave = Math.sin(2 * Math.PI * turns);
      samples[n] += level * (layer.edge ? Math.tanh(layer.edge * wave) : wave);
      level *= factor;
    }
  });
}

function addNoise(layer, samples, sampleRate, stroke) {
  const first = layer.seed + SEEDS * stroke << 20;
  const factor = Math.exp(-DECAY / layer.decay_s / sampleRate);
  let level = 1;
  for (let n = 0; n < samples.length; n++) {
    samples[n] = level * (hash32(first + n) / 2 ** 31 - 1);
    level *= factor;
  }
}

/** Adds `direct * x[n] + x[n - delay] + back * y[n - delay]`, times a gain. */
function addDelayed(result, samples, delay, {direct, back, gain = 1}) {
  const own = new Float64Array(samples.length);
  for (let n = 0; n < samples.length; n++) {
    own[n] = direct * samples[n] +
      (n < delay ? 0 : samples[n - delay] + back * own[n - delay]);
    result[n] += gain * own[n];
  }
}

/** What a short room gives back of a sound. */
function room(samples, seconds, sampleRate) {
  const heard = samples.slice();
  for (const row of ROOM_FILTERS) applyFilter(heard, row, sampleRate);
  let wet = new Float64Array(samples.length);
  for (const comb of COMBS_S) {
    addDelayed(wet, heard, Math.round(comb * sampleRate), {
      direct: 0, back: Math.exp(-DECAY * comb / seconds),
      gain: 1 / COMBS_S.length,
    });
  }
  for (const allpass of ALLPASSES_S) {
    const next = new Float64Array(samples.length);
    addDelayed(next, wet, Math.round(allpass * sampleRate),
      {direct: -ALLPASS_GAIN, back: ALLPASS_GAIN});
    wet = next;
  }
  return wet;
}

/** What the softest hit of a voice sounds like; null if that is no darker. */
export function darkened(samples, {dark_hz: hertz}, sampleRate) {
  if (!hertz) return null;
  const dark = Float64Array.from(samples);
  applyFilter(dark, ['lowpass', hertz, DARK_Q], sampleRate);
  return Float32Array.from(dark);
}

/**
 * Computes one sound.
 * @param {!Object} description A voice of the kit.
 * @param {number} sampleRate Samples a second.
 * @param {number} stroke Which of its ways to sound.
 * @return {!Float32Array} The sound, without its panning.
 */
export function renderVoice(description, sampleRate, stroke = 0) {
  const length = Math.ceil(description.length_s * sampleRate);
  const total = new Float64Array(length);
  for (const layer of description.layers) {
    const part = new Float64Array(length);
    const add = layer.source === 'tone' ? addTone : addNoise;
    add(layer, part, sampleRate, stroke);
    for (const row of layer.filters) applyFilter(part, row, sampleRate);
    for (let n = 0; n < length; n++) {
      const rise = layer.attack_s ?
        Math.min(n / sampleRate / layer.attack_s, 1) : 1;
      total[n] += layer.level * part[n] * rise;
    }
  }
  if (description.drive) {
    for (let n = 0; n < length; n++) {
      total[n] = Math.tanh(description.drive * total[n]);
    }
  }
  applyFilter(total, MEAN_FREE, sampleRate);
  if (description.room) {
    const wet = room(total, description.room_s, sampleRate);
    for (let n = 0; n < length; n++) total[n] += description.room * wet[n];
  }
  let peak = 0;
  for (let n = 0; n < length; n++) {
    const left = Math.min(
      (length - 1) / sampleRate - n / sampleRate, description.fade_s);
    total[n] *= 0.5 - 0.5 * Math.cos(Math.PI * left / description.fade_s);
    peak = Math.max(peak, Math.abs(total[n]));
  }
  return Float32Array.from(total, (value) => value * description.level / peak);
}

/**
 * The master's limiter: nothing below the knee, never more than the ceiling.
 * @param {number} x A sample.
 * @param {!Object} master The kit's master.
 * @return {number} What is heard of it.
 */
export function limited(x, {knee, ceiling}) {
  const over = Math.abs(x) - knee;
  if (over <= 0) return x;
  const room = ceiling - knee;
  return Math.sign(x) * (knee + room * Math.tanh(over / room));
}
