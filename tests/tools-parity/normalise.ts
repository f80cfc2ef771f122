import type { Ran } from './toolbox.ts'

/** What is compared: the exit code, all lines of the output, and what the errors come to. */
export interface Comparable {
  readonly code: number
  readonly output: readonly string[]
  readonly errors: readonly string[]
}

/** Ids, times and places by words; what no two runs can agree on. */
export function comparable(
  ran: Ran,
  known: Readonly<Record<string, string>>,
  more: (text: string) => string,
) {
  const text = (given: string) => more(withoutIds(withoutKnown(given, known)))
  return {
    code: ran.code,
    output: linesOf(text(ran.output)),
    errors: ran.code === 0 ? linesOf(text(ran.errors)) : essence(linesOf(text(ran.errors))),
  }
}

function withoutKnown(text: string, known: Readonly<Record<string, string>>): string {
  return Object.entries(known).reduce(
    (done, [word, value]) => (value.length < 4 ? done : done.replaceAll(value, `{${word}}`)),
    text,
  )
}

function withoutIds(text: string): string {
  return text
    .replaceAll(/(?<![\w-])[\w-]{21}[AEIMQUYcgkosw048](?![\w-])/g, match =>
      /[A-Z]/.test(match) && /[a-z0-9]/.test(match) ? '<uuid>' : match,
    )
    .replaceAll(/\b1[5-9]\d{11}\b/g, '<ms>')
    .replaceAll(/\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d:,.+-]*Z?/g, '<time>')
}

/**
 * The first line says what is wrong, unless a usage comes first; then help or a stack trace follow. What follows a usage is
 * broken into lines, behind hyphens too, with blanks to make them equally long.
 */
function essence(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex(line => /^[\w.-]+:\s+error:\s/.test(line))
  if (at >= 0) {
    const told = lines.slice(at).filter(line => !line.startsWith('Try: '))
    return [
      told
        .join('\n')
        .replaceAll(/-\n\s*/g, '-')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    ]
  }
  const stated = lines.find(line => line.trim() !== '')
  return stated === undefined ? [] : [stated]
}

function linesOf(text: string): string[] {
  const lines = text.split('\n').map(line => line.replace(/\r$/, ''))
  while (lines.at(-1)?.trim() === '') lines.pop()
  return lines
}
