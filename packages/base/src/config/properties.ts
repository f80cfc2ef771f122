/** A properties file that cannot be read as one, with the line. */
export class PropertiesError extends Error {
  override readonly name = 'PropertiesError'
}

/** One entry of a properties file. */
export interface PropertyEntry {
  readonly key: string
  readonly text: string
  /** File and line: `server.properties:12`. */
  readonly origin: string
}

/**
 * Reads Java's properties format in full: comments (`#`, `!`), keys ended by `=`, `:` or a blank, lines continued
 * by a backslash, and escapes (`\t`, `\n`, `\r`, `\f`, `\uXXXX`, any other character for itself).
 *
 * Entries come in the order of the file, repeated keys included. The text is Unicode, not Java's Latin-1.
 *
 * @param fileName what to name the file in origins
 * @throws PropertiesError when a `\u` escape has no four hexadecimal digits
 */
export function parseProperties(text: string, fileName: string): PropertyEntry[] {
  return logicalLines(text.replace(/^\uFEFF/, '')).map(({ content, line }) => {
    const origin = `${fileName}:${line}`
    const [key, value] = splitAtSeparator(content)
    return { key: unescaped(key, origin), text: unescaped(value, origin), origin }
  })
}

interface LogicalLine {
  readonly content: string
  /** Number of its first line in the file, from 1. */
  readonly line: number
}

function logicalLines(text: string): LogicalLine[] {
  const lines = text.split(/\r\n|\n|\r/)
  const logical: LogicalLine[] = []
  for (let at = 0; at < lines.length; at++) {
    let content = lines[at]!.replace(/^[ \t\f]+/, '')
    if (content === '' || content.startsWith('#') || content.startsWith('!')) continue
    const line = at + 1
    while (endsWithOpenBackslash(content)) {
      at++
      content = content.slice(0, -1) + (lines[at] ?? '').replace(/^[ \t\f]+/, '')
    }
    logical.push({ content, line })
  }
  return logical
}

/** An odd number of backslashes at the end: the last one escapes the line's end. */
function endsWithOpenBackslash(content: string): boolean {
  return /\\*$/.exec(content)![0].length % 2 === 1
}

/** The key ends at the first separator that is not escaped; blanks around one `=` or `:` do not count. */
function splitAtSeparator(content: string): [key: string, value: string] {
  const key = /^(?:\\.|[^\\=: \t\f])*/s.exec(content)![0]
  const value = content.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
  return [key, value]
}

const named: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(text: string, origin: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(u[0-9a-fA-F]{4}|u|.|$)/gs, (_, escaped: string) => {
    if (escaped === 'u')
      throw new PropertiesError(`${origin}: \\u is not followed by four hexadecimal digits.`)
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return named[escaped] ?? escaped
  })
}
