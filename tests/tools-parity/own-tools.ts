import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Io, kafkaTools, processIo, runKafkaTool } from '@samsa/cli'
import { root } from '../process/samsa-process.ts'
import type { Ran, Toolbox } from './toolbox.ts'

/** Our tools, run in this process as the executables run them. */
export const ownTools: Toolbox = {
  name: 'Ours',
  async run(name, args, input): Promise<Ran> {
    const load = kafkaTools[name]
    if (load === undefined) return runExecutable(name, args)
    const ran = { code: 0, output: '', errors: '' }
    const io: Io = {
      ...processIo('4.3.1'),
      environment: {},
      isTerminal: false,
      isInputTerminal: false,
      print: text => {
        ran.output += text
      },
      printError: text => {
        ran.errors += text
      },
      write: chunk => {
        ran.output += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
        return Promise.resolve(true)
      },
      input: inputOf(input),
    }
    try {
      ran.code = await runKafkaTool(await load(), args, io)
    } catch (error) {
      return { ...ran, code: 70, errors: `${ran.errors}${error instanceof Error ? error.stack : error}\n` }
    }
    return ran
  },
  close() {},
}

/** Tools that a node's parts belong to are not among the others: their executables are run. */
function runExecutable(name: string, args: readonly string[]): Ran {
  const path = join(root, 'packages/samsa/dist/tools', `${name}.js`)
  if (!existsSync(path)) return { code: -1, output: '', errors: `There is no ${name} yet.\n` }
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    encoding: 'utf8',
    env: {},
  })
  return { code: status ?? -1, output: stdout, errors: stderr }
}

async function* inputOf(input: string): AsyncIterable<Uint8Array> {
  if (input !== '') yield new TextEncoder().encode(input)
}
