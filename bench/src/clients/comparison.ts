import type { ClientName } from './client-under-test.ts'

/** Which client, asked what. */
export interface Subject {
  readonly question: string
  readonly unit: string
  readonly client: ClientName
  readonly version: string
}

/** How far ahead of another client ours has to be: how many times as fast, or as little time. */
const aims: Readonly<Partial<Record<ClientName, number>>> = { kafkajs: 1.5, platformatic: 1, confluent: 0.75 }

interface Figure extends Subject {
  readonly samples: number[]
}

/** Samples as they are gathered; printed as medians, and as how far ahead ours is. */
export class Comparison {
  readonly #figures = new Map<string, Figure>()

  add(subject: Subject, sample: number): void {
    const key = `${subject.question}|${subject.unit}|${subject.client}`
    const figure = this.#figures.get(key) ?? { ...subject, samples: [] }
    figure.samples.push(sample)
    this.#figures.set(key, figure)
  }

  /** A Markdown table: a row for each question and unit, a column for each client. */
  table(): string {
    const clients = [...new Set([...this.#figures.values()].map(({ client }) => client))]
    const rows = new Map<string, Figure[]>()
    for (const figure of this.#figures.values()) {
      const row = `${figure.question} | ${figure.unit}`
      rows.set(row, [...(rows.get(row) ?? []), figure])
    }
    const lines = [...rows].map(([row, figures]) => {
      const own = figures.find(({ client }) => client === 'samsa')
      const cells = clients.map(name =>
        cellOf(
          figures.find(({ client }) => client === name),
          own,
        ),
      )
      return `| ${row} | ${cells.join(' | ')} |`
    })
    const head = ['question', 'unit', ...clients.map(name => this.#headOf(name))]
    return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...lines, '', LEGEND, ''].join('\n')
  }

  json(): string {
    const ours = (figure: Figure) => this.#figures.get(`${figure.question}|${figure.unit}|samsa`)
    return [...this.#figures.values()]
      .map(figure => {
        const own = ours(figure)
        const ratio = own === undefined || own === figure ? undefined : aheadOf(own, figure)
        const aim = hasAim(figure) ? aims[figure.client] : undefined
        return `${JSON.stringify({ ...figure, median: medianOf(figure.samples), ratio, aim })}\n`
      })
      .join('')
  }

  #headOf(name: ClientName): string {
    const version = [...this.#figures.values()].find(({ client }) => client === name)?.version
    return name === 'samsa' ? name : (version ?? name)
  }
}

const LEGEND =
  'Median (least–most). ×: how far ahead ours is of that client; ✗ where that is less than the aim ' +
  '(1.5 × kafkajs, 1 × platformatic, 0.75 × confluent).'

function cellOf(figure: Figure | undefined, own: Figure | undefined): string {
  if (figure === undefined) return '–'
  const { samples } = figure
  const figures = `**${rounded(medianOf(samples))}** (${rounded(Math.min(...samples))}–${rounded(Math.max(...samples))})`
  if (own === undefined || figure === own) return figures
  const ratio = aheadOf(own, figure)
  const isMissed = hasAim(figure) && ratio < (aims[figure.client] ?? 0)
  return `${figures} ${isMissed ? '✗ ' : ''}${ratio.toFixed(2)}×`
}

/** Processor time is told, and nothing is asked of it. */
function hasAim({ unit }: Figure): boolean {
  return !unit.startsWith('CPU')
}

function aheadOf(own: Figure, other: Figure): number {
  const ratio = medianOf(own.samples) / medianOf(other.samples)
  return own.unit === 'records/s' ? ratio : 1 / ratio
}

function medianOf(samples: readonly number[]): number {
  const sorted = [...samples].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
