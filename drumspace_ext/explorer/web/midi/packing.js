/**
 * Packing: several files as one zip archive.
 *
 * MIDI files of two bars are too small to gain by compression, and audio gains
 * little, so that they are stored. The form is that of PKWARE's APPNOTE.TXT
 * 6.3: for each file a local header and its bytes, then the directory, then its
 * end.
 */

const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
// Version 2.0 makes and reads it; names are UTF-8; stored.
const VERSION = 20;
const IS_UTF_8 = 1 << 11;
// The first of January 1980, the earliest: the same files, the same bytes.
const DATE = 0x21;
// A file that its owner may change and all may read.
const MODE = 0o100644 * 2 ** 16;
const POLYNOMIAL = 0xEDB88320;

const TABLE = Uint32Array.from({length: 256}, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? value >>> 1 ^ POLYNOMIAL : value >>> 1;
  }
  return value;
});

/** The checksum of a zip's files, CRC-32. */
export function crc32(bytes) {
  let crc = 0xFFFFFFFF;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ crc >>> 8;
  return (crc ^ 0xFFFFFFFF) >>> 0;
}

/** Writes numbers of 2 or 4 bytes, `[size, number]` each. */
function record(fields) {
  const size = fields.reduce((sum, [bytes]) => sum + bytes, 0);
  const view = new DataView(new ArrayBuffer(size));
  let at = 0;
  for (const [bytes, number] of fields) {
    if (bytes === 4) view.setUint32(at, number, true);
    else view.setUint16(at, number, true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

/**
 * Returns the bytes of a zip archive, part by part.
 * @param {!Array<!Object>} files `name`, with `/`, `bytes`, and their `crc`
 *     where it is known.
 * @return {!Array<!Uint8Array>}
 */
export function zipParts(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const {name, bytes, crc = crc32(bytes)} of files) {
    const encoded = new TextEncoder().encode(name);
    const shared = [
      [2, VERSION], [2, IS_UTF_8], [2, 0], [2, 0], [2, DATE],
      [4, crc], [4, bytes.length], [4, bytes.length],
      [2, encoded.length], [2, 0],
    ];
    const local = record([[4, LOCAL], ...shared]);
    parts.push(local, encoded, bytes);
    directory.push(record([
      // Made on Unix, whose rights are told.
      [4, ENTRY], [2, 3 << 8 | VERSION], ...shared, [2, 0], [2, 0], [2, 0],
      [4, MODE], [4, offset],
    ]), encoded);
    offset += local.length + encoded.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record([
    [4, END], [2, 0], [2, 0], [2, files.length], [2, files.length],
    [4, size], [4, offset], [2, 0],
  ]);
  return [...parts, ...directory, end];
}

/** Returns the bytes of a zip archive of files, see `zipParts`. */
export function zipOf(files) {
  const parts = zipParts(files);
  const archive = new Uint8Array(
    parts.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    archive.set(part, at);
    at += part.length;
  }
  return archive;
}
