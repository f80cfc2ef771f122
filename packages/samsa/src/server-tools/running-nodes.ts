import { basename, resolve } from 'node:path'
import { parseProperties } from '@samsa/base'
import type { Io } from '@samsa/cli'
import type { Processes, RunningProcess } from './processes.ts'

/** A running Samsa node, found by its command line. */
export interface RunningNode {
  readonly pid: number
  /** What follows the program on its command line. */
  readonly line: readonly string[]
  readonly directory: string | undefined
}

/** The nodes that were started by `samsa start` or `kafka-server-start`. */
export function runningNodes(processes: Pick<Processes, 'list'>): RunningNode[] {
  return processes.list().flatMap(one => {
    const line = lineOfNode(one)
    return line === undefined ? [] : [{ pid: one.pid, line, directory: one.directory }]
  })
}

/** `node [flags] …/samsa start …` and `node [flags] …/kafka-server-start …`; undefined for anything else. */
function lineOfNode({ words }: RunningProcess): readonly string[] | undefined {
  if (!/^node(js)?(\.exe)?$/.test(basename(words[0] ?? ''))) return undefined
  const at = words.findIndex((word, index) => index > 0 && !word.startsWith('-'))
  const program = basename(words[at] ?? '').replace(/\.(js|sh)$/, '')
  const line = words.slice(at + 1)
  if (program === 'samsa') return line[0] === 'start' ? line.slice(1) : undefined
  // What starts one in the background ends by itself.
  return program === 'kafka-server-start' && !line.some(word => /^--?daemon$/.test(word)) ? line : undefined
}

/** The id a node was given on its command line or in its properties file. */
export function nodeIdOf(node: RunningNode, io: Pick<Io, 'readFile' | 'directory'>): string | undefined {
  const { file, overrides } = readLine(node.line)
  const texts = { ...(file !== undefined && propertiesOf(file, node, io)), ...overrides }
  return texts['node.id'] ?? texts['broker.id']
}

function readLine(line: readonly string[]): { file: string | undefined; overrides: Record<string, string> } {
  const overrides: Record<string, string> = {}
  let file: string | undefined
  for (let at = 0; at < line.length; at++) {
    const word = line[at]!
    const [, name, joined] = /^(--?[\w-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) {
      file ??= word
      continue
    }
    const value = joined ?? line[++at] ?? ''
    const entry = /^([^=]+)=(.*)$/s.exec(value)
    if (/^(-o|--?override)$/.test(name) && entry !== null) overrides[entry[1]!.trim()] = entry[2]!
  }
  return { file, overrides }
}

function propertiesOf(
  file: string,
  { directory }: RunningNode,
  io: Pick<Io, 'readFile' | 'directory'>,
): Record<string, string> {
  try {
    const entries = parseProperties(io.readFile(resolve(directory ?? io.directory, file)), file)
    return Object.fromEntries(entries.map(({ key, text }) => [key, text]))
  } catch {
    // The file is gone or changed since: then the node has no known id.
    return {}
  }
}
