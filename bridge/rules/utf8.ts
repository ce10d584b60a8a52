/** What the bytes of a file say, and where they are not UTF-8. */
export interface Decoded {
  /** With U+FFFD in place of what is not UTF-8. */
  readonly text: string;
  /** The first character that is not UTF-8; absent when all of them are. Counts from 1, as editors do. */
  readonly fault?: { readonly line: number; readonly column: number };
}

const replacement = '\ufffd';

/** Reads bytes as UTF-8. A mark at their beginning stays. */
export function decodeUtf8(bytes: Buffer): Decoded {
  const text = bytes.toString('utf8');
  for (let at = text.indexOf(replacement); at !== -1; at = text.indexOf(replacement, at + 1)) {
    const before = text.slice(0, at);
    const offset = Buffer.byteLength(before);
    // The character may stand in the file itself.
    if (bytes.subarray(offset, offset + 3).equals(Buffer.from(replacement))) continue;
    const lines = before.split('\n');
    return { text, fault: { line: lines.length, column: (lines.at(-1) as string).length + 1 } };
  }
  return { text };
}
