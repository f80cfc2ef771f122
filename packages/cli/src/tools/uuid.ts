import { FailedError } from '../command/command.ts'

/**
 * An id as Kafka writes it: 16 bytes in URL-safe base64. Throws `FailedError` in Kafka's words.
 *
 * @param prefix what the message begins with
 */
export function uuidOf(given: string, prefix: string): string {
  if (given.length > 24) {
    throw new FailedError(
      `${prefix}Input string with prefix \`${given.slice(0, 24)}\` is too long to be decoded as a base64 UUID`,
    )
  }
  if (!/^[\w-]*={0,2}$/.test(given)) throw new FailedError(`${prefix}'${given}' is not URL-safe base64`)
  const bytes = Buffer.from(given, 'base64url')
  if (bytes.length !== 16) {
    throw new FailedError(
      `${prefix}Input string \`${given}\` decoded as ${bytes.length} bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID`,
    )
  }
  return bytes.toString('base64url')
}
