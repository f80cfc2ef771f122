// Values tell who wrote them: `writer:number` and padding.

export const recordValue = (writer: string, number: number, length: number) =>
  `${writer}:${number}:`.padEnd(length, '.')

export function parseValue(value: string): { writer: string; number: number } {
  const [writer, number] = value.split(':')
  return { writer: writer ?? '', number: Number(number) }
}

export function shown(value: string | undefined): string {
  if (value === undefined) return 'nothing'
  const { writer, number } = parseValue(value)
  return `${writer}:${number}`
}
