/** One question's answers, round by round. */
export interface Figure {
  readonly question: string
  readonly unit: string
  readonly contestant: string
  readonly samples: number[]
}

/** Figures as they are gathered; printed as medians. */
export class Results {
  readonly #figures = new Map<string, Figure>()

  add(question: string, unit: string, contestant: string, sample: number): void {
    const key = `${question}|${unit}|${contestant}`
    const figure = this.#figures.get(key) ?? { question, unit, contestant, samples: [] }
    figure.samples.push(sample)
    this.#figures.set(key, figure)
  }

  /** A Markdown table: a row a question, with every contestant's median. */
  table(): string {
    const rows = new Map<string, string[]>()
    for (const { question, unit, contestant, samples } of this.#figures.values()) {
      const row = `${question} | ${unit}`
      const cells = rows.get(row) ?? []
      cells.push(
        `${contestant} **${rounded(medianOf(samples))}** (${rounded(Math.min(...samples))}–${rounded(Math.max(...samples))})`,
      )
      rows.set(row, cells)
    }
    const lines = [...rows].map(([row, cells]) => `| ${row} | ${cells.join(' · ')} |`)
    return ['| question | unit | median (min–max) |', '|---|---|---|', ...lines, ''].join('\n')
  }

  json(): string {
    return [...this.#figures.values()].map(figure => `${JSON.stringify(figure)}\n`).join('')
  }
}

function medianOf(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
