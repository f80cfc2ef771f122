// UTF-8. Node's methods work on any Uint8Array but are documented for Buffer only, hence the casts below.
interface NativeText {
  utf8Slice(this: Uint8Array, start: number, end: number): string
  utf8Write(this: Uint8Array, text: string, at: number, maxBytes: number): number
}
const native = Buffer.prototype as unknown as NativeText

// Up to this many characters a loop in JavaScript beats the call into native code.
const SHORT_TEXT = 24

/** Bytes that `text` takes in UTF-8. */
export function utf8Length(text: string): number {
  const length = text.length
  if (length > SHORT_TEXT) return Buffer.byteLength(text)
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text)
  return length
}

/** `text` in UTF-8; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text))
  writeUtf8(text, bytes, 0, bytes.length)
  return bytes
}

/** Writes `text`, which takes `length` bytes (`utf8Length`), to `bytes` from `at`; there must be room. */
export function writeUtf8(text: string, bytes: Uint8Array, at: number, length: number): void {
  if (length > SHORT_TEXT || length !== text.length) {
    native.utf8Write.call(bytes, text, at, length)
    return
  }
  for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i)
}

/** The text of UTF-8 bytes; bytes that are not UTF-8 become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  return native.utf8Slice.call(bytes, start, end)
}
