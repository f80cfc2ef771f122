import { type Command, command } from '@samsa/cli'
import type { StartParts } from './run-start.ts'
import { startExamples, startOptions } from './start-options.ts'

/** `samsa start`: runs a node until it is asked to stop. Other commands do not pay for loading it. */
export function startCommand(parts: StartParts): Command {
  return command({
    name: 'start',
    about: 'Start a node, and keep it running until Ctrl+C.',
    words: [{ name: 'server.properties', about: 'A properties file, in the format of Kafka.' }],
    options: startOptions,
    examples: startExamples,
    async run(input, io, [propertiesFile]) {
      const { runStart } = await import('./run-start.ts')
      return runStart(parts, input, propertiesFile, io)
    },
  })
}
