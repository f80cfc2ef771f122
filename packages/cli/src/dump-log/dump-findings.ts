/** What a dump found to be wrong, told after all files. */
export class DumpFindings {
  readonly #gaps = new Map<string, string[]>()
  readonly #mismatches = new Map<string, string[]>()
  readonly #times = new Map<string, string[]>()
  readonly #disorder = new Map<string, string[]>()
  readonly #missing: string[] = []

  /** A record is followed by one that is not the next. */
  nonConsecutive(path: string, offset: number, next: number): void {
    add(this.#gaps, path, `  ${offset} is followed by ${next}`)
  }

  /** An entry of an offset index does not point to the batch that it says. */
  offsetMismatch(path: string, indexed: number, found: number): void {
    // The last one is told first.
    const lines = this.#mismatches.get(path) ?? []
    this.#mismatches.set(path, [`  Index offset: ${indexed}, log offset: ${found}`, ...lines])
  }

  /** An entry of a time index has another timestamp than its batch. */
  timestampMismatch(path: string, indexed: number, found: number): void {
    add(this.#times, path, `  Index timestamp: ${indexed}, log timestamp: ${found}`)
  }

  /** An entry of a time index is no later than the one before. */
  timestampDisorder(path: string, indexed: number, before: number): void {
    add(this.#disorder, path, `  Index timestamp: ${indexed}, Previously indexed timestamp: ${before}`)
  }

  /** No batch ends at the offset of a time index's entry. */
  offsetNotFound(indexed: number, found: number): void {
    this.#missing.push(`Indexed offset: ${indexed}, found log offset: ${found}`)
  }

  /** Everything that was found, in lines. */
  lines(): string[] {
    const missing = 'The following indexed offsets are not found in the log.'
    return [
      ...told(this.#mismatches, 'Mismatches in :'),
      ...told(this.#times, 'Found timestamp mismatch in :'),
      ...told(this.#disorder, 'Found out of order timestamp in :'),
      ...(this.#missing.length === 0 ? [] : [missing, ...this.#missing]),
      ...told(this.#gaps, 'Non-consecutive offsets in '),
    ]
  }
}

function add(found: Map<string, string[]>, path: string, line: string): void {
  const lines = found.get(path)
  if (lines === undefined) found.set(path, [line])
  else lines.push(line)
}

function told(found: ReadonlyMap<string, readonly string[]>, title: string): string[] {
  return [...found].flatMap(([path, lines]) => [`${title}${path}`, ...lines])
}
