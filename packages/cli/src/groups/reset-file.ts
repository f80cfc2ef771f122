import { FailedError } from '../command/command.ts'
import type { PartitionOffset } from './reset-plan.ts'

/**
 * Reads the offsets of groups from lines `group,topic,partition,offset`; lines `topic,partition,offset` are of `onlyGroup`.
 *
 * @param onlyGroup the group, when only one is reset
 */
export function readResetFile(text: string, onlyGroup: string | undefined): Map<string, PartitionOffset[]> {
  const groups = new Map<string, PartitionOffset[]>()
  const lines = text.replace(/\n+$/, '').split('\n')
  const isOfOne = onlyGroup !== undefined && fieldsOf(lines[0]!).length === 3
  lines.forEach((line, at) => {
    const fields = isOfOne ? [onlyGroup, ...fieldsOf(line)] : fieldsOf(line)
    const [group, topic, partition, offset] = fields
    if (fields.length !== 4 || !isCount(partition!) || !isCount(offset!)) {
      const shape = isOfOne ? 'topic,partition,offset' : 'group,topic,partition,offset'
      throw new FailedError(`Line ${at + 1} of the file is not '${shape}': ${line.trim()}`)
    }
    const ofGroup = groups.get(group!) ?? []
    ofGroup.push({ topic: topic!, partition: Number(partition), offset: Number(offset) })
    groups.set(group!, ofGroup)
  })
  return groups
}

function isCount(text: string): boolean {
  return /^-?\d{1,15}$/.test(text)
}

/** The fields of a line; those in quotes may contain commas, and quotes doubled. */
function fieldsOf(line: string): string[] {
  return [...line.trim().matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain!.trim() : quoted.replaceAll('""', '"'),
  )
}

/** A line that `readResetFile` reads; with the group when there is one. */
export function resetFileLine({ topic, partition, offset }: PartitionOffset, group?: string): string {
  const fields = [...(group === undefined ? [] : [quoted(group)]), quoted(topic), partition, offset]
  return `${fields.join(',')}\n`
}

/** Long texts are quoted unseen, others when they have to be: as the library does that Kafka writes these files with. */
function quoted(text: string): string {
  return text.length > 24 || [...text].some(one => one <= ',') ? `"${text.replaceAll('"', '""')}"` : text
}
