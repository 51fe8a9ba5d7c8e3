/**
 * WAV: audio as the bytes of a file, 16 bits a sample.
 */

const HEADER_BYTES = 44;
const BYTES = 2;
const MOST = 32767;

const ascii = (text) => [...text].map((letter) => letter.charCodeAt(0));

/**
 * Writes channels of samples between -1 and 1.
 * @param {!Array<!Float32Array>} channels Of the same length.
 * @param {number} sampleRate Samples a second.
 * @return {!Uint8Array}
 */
export function toWav(channels, sampleRate) {
  const frame = channels.length * BYTES;
  const size = channels[0].length * frame;
  const bytes = new Uint8Array(HEADER_BYTES + size);
  const view = new DataView(bytes.buffer);
  bytes.set(ascii('RIFF'), 0);
  view.setUint32(4, HEADER_BYTES - 8 + size, true);
  bytes.set(ascii('WAVEfmt '), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * frame, true);
  view.setUint16(32, frame, true);
  view.setUint16(34, 8 * BYTES, true);
  bytes.set(ascii('data'), 36);
  view.setUint32(40, size, true);
  channels.forEach((samples, c) => {
    let at = HEADER_BYTES + c * BYTES;
    for (let n = 0; n < samples.length; n++, at += frame) {
      const value = Math.min(Math.max(samples[n], -1), 1);
      view.setInt16(at, Math.round(value * MOST), true);
    }
  });
  return bytes;
}
