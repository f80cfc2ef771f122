import { type Io, kafkaTools, processIo, runKafkaTool } from '@samsa/cli'
import type { Ran, Toolbox } from './toolbox.ts'

/** Our tools, run in this process as the executables run them. */
export const ownTools: Toolbox = {
  name: 'Ours',
  async run(name, args, input): Promise<Ran> {
    const load = kafkaTools[name]
    if (load === undefined) return { code: -1, output: '', errors: `There is no ${name} yet.\n` }
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

async function* inputOf(input: string): AsyncIterable<Uint8Array> {
  if (input !== '') yield new TextEncoder().encode(input)
}
