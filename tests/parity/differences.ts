/** One field in which two answers differ. */
export interface FieldDifference {
  /** Path into the answer, list positions as `*`, named items by their name: `topics[a].errorCode`. */
  readonly path: string
  readonly kafka: string
  readonly samsa: string
}

export interface Difference extends FieldDifference {
  readonly api: string
  readonly version: number
  /** What was asked, in words. */
  readonly label: string
}

export function differencesOf(kafka: unknown, samsa: unknown, path = ''): FieldDifference[] {
  if (Array.isArray(kafka) && Array.isArray(samsa)) return listDifferences(kafka, samsa, path)
  if (isRecord(kafka) && isRecord(samsa)) {
    // One that hung up has no fields to compare.
    if ('noAnswer' in kafka !== 'noAnswer' in samsa) {
      return [{ path: 'noAnswer', kafka: shown(kafka), samsa: shown(samsa) }]
    }
    const names = new Set([...Object.keys(kafka), ...Object.keys(samsa)])
    return [...names].flatMap(name =>
      differencesOf(kafka[name], samsa[name], path === '' ? name : `${path}.${name}`),
    )
  }
  return Object.is(kafka, samsa) ? [] : [{ path, kafka: shown(kafka), samsa: shown(samsa) }]
}

/** Items with names of their own are compared by name, so that a missing one does not shift all after it. */
function listDifferences(kafka: unknown[], samsa: unknown[], path: string): FieldDifference[] {
  const key = ['name', 'groupId'].find(one => [kafka, samsa].every(list => areNamed(list, one)))
  if (key !== undefined && kafka.length + samsa.length > 0) {
    const byName = (list: unknown[]) =>
      new Map(list.map(item => [(item as Record<string, string>)[key]!, item]))
    const [left, right] = [byName(kafka), byName(samsa)]
    const names = [...new Set([...left.keys(), ...right.keys()])]
    return names.flatMap(name => differencesOf(left.get(name), right.get(name), `${path}[${name}]`))
  }
  if (kafka.length !== samsa.length) {
    return [
      {
        path: `${path}.length`,
        kafka: `${kafka.length} ${shown(kafka)}`,
        samsa: `${samsa.length} ${shown(samsa)}`,
      },
    ]
  }
  return kafka.flatMap((item, index) => differencesOf(item, samsa[index], `${path}[*]`))
}

function areNamed(list: unknown[], key: string): boolean {
  const names = list.map(item => (isRecord(item) ? item[key] : undefined))
  return names.every(name => typeof name === 'string') && new Set(names).size === names.length
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > 160 ? `${text.slice(0, 160)}… (${text.length})` : text
}
