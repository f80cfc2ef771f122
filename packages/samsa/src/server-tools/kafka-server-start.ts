import { resolve } from 'node:path'
import { type Io, type KafkaTool, ToolUsageError, exitCodes, flag, kafkaTool, text } from '@samsa/cli'
import type { StartInput } from '../start/start-options.ts'
import type { ServerParts } from './server-parts.ts'

const options = {
  daemon: flag({ about: 'Start in the background, and return when the node is ready.' }),
  override: text({
    argument: 'key=value',
    about: 'Set any key of the configuration; wins over the file. May be repeated.',
    isRepeatable: true,
  }),
  name: text({ argument: 'name', about: 'What the JVM was called.', isHidden: true }),
  loggc: flag({ about: "Logging of the JVM's garbage collection.", isHidden: true }),
}

/** `kafka-server-start`: runs a node with a properties file of Kafka's. */
export function kafkaServerStart(parts: ServerParts): KafkaTool {
  return kafkaTool({
    name: 'kafka-server-start',
    about: 'Start a node: kafka-server-start [-daemon] server.properties [--override key=value]…',
    style: 'plain',
    options,
    examples: [
      ['kafka-server-start config/server.properties', 'Runs until Ctrl+C.'],
      ['kafka-server-start -daemon config/server.properties', 'In the background.'],
      ['kafka-server-start server.properties --override num.partitions=3', 'With one key changed.'],
    ],
    async run({ daemon, override }, io, _verb, [propertiesFile]) {
      if (propertiesFile === undefined) {
        throw new ToolUsageError(
          'Name a properties file: kafka-server-start server.properties. (samsa start needs none.)',
        )
      }
      if (daemon) return startInBackground(parts, propertiesFile, override, io)
      const { runStart } = await import('../start/run-start.ts')
      return runStart(withWord(parts), startInput(override), propertiesFile, io)
    },
  })
}

/** The node says when it is ready to who started it in the background. */
function withWord(parts: ServerParts): ServerParts {
  return { ...parts, whenReady: () => parts.processes.tellStarter() }
}

function startInput(override: readonly string[]): StartInput {
  const unset = { port: undefined, host: undefined, advertised: undefined, data: undefined }
  return { ...unset, override, 'log-format': undefined, 'log-level': undefined }
}

/** Where Kafka's script puts what a node in the background prints: LOG_DIR, or `logs` here. */
function outputFileOf(io: Io): string {
  return resolve(io.directory, io.environment.LOG_DIR ?? 'logs', 'kafkaServer.out')
}

async function startInBackground(
  { processes }: ServerParts,
  propertiesFile: string,
  override: readonly string[],
  io: Io,
): Promise<number> {
  const outputFile = outputFileOf(io)
  const words = [propertiesFile, ...override.flatMap(entry => ['--override', entry])]
  const { pid, exitCode, printed } = await processes.startInBackground(words, outputFile)
  if (exitCode !== undefined) {
    io.printError(printed)
    return exitCode === 0 ? exitCodes.failed : exitCode
  }
  const told = printed.split('\n').filter(line => / WARN | (is ready after|keeps its data in) /.test(line))
  for (const line of told) io.print(`${line}\n`)
  io.print(`It runs in the background as process ${pid} and writes to ${outputFile}.\n`)
  io.print('kafka-server-stop stops it.\n')
  return exitCodes.ok
}
