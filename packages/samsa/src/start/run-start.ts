import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { type Logger, PropertiesError, type World, createLogger, parseProperties } from '@samsa/base'
import { type Broker, type BrokerOptions, listenersOf } from '@samsa/broker'
import { type Io, type StopSignal, exitCodes, signalExitCodes } from '@samsa/cli'
import { FlagError, settingsOfFlags } from '../settings/flags.ts'
import { type GatheredSettings, gatherSettings } from '../settings/gather-settings.ts'
import type { Setting } from '../settings/setting.ts'
import { type TopicToCreate, TopicsToCreateError, topicsToCreate } from '../settings/topics-to-create.ts'
import { bannerText, readyMessages } from './banner.ts'
import { explainFailure } from './explain-failure.ts'
import type { StartInput } from './start-options.ts'

/** What a start is composed of; tests put in their own. */
export interface StartParts {
  readonly version: string
  readonly world: World
  startBroker(options: BrokerOptions): Promise<Broker>
  createTopics(broker: Broker, topics: readonly TopicToCreate[], logger: Logger): Promise<void>
  /** Called once clients can come. */
  whenReady?(): void
}

/** Runs a node until it is asked to stop; answers the exit code. */
export async function runStart(
  parts: StartParts,
  input: StartInput,
  propertiesFile: string | undefined,
  io: Io,
): Promise<number> {
  const logger = createLogger({
    level: input['log-level'] ?? 'info',
    format: input['log-format'] ?? 'pretty',
    colours: io.isTerminal,
    write: line => io.print(line),
  })
  const wanted = settingsOf(input, propertiesFile, io)
  if ('refusal' in wanted) return refuse(io, logger, input, wanted.refusal)
  const { gathered, topics } = wanted
  for (const notice of gathered.notices) logger.info(notice)
  for (const warning of gathered.warnings) logger.warn(warning)

  const stop = stopRequest(io, logger)
  try {
    const broker = await parts.startBroker({ world: parts.world, config: gathered.texts, logger })
    tellReady(
      { version: parts.version, broker, directory: io.directory, tookMs: io.uptimeMs() },
      input,
      io,
      logger,
    )
    if (topics.length > 0) await parts.createTopics(broker, topics, logger)
    parts.whenReady?.()
    await stop.asked
    await broker.stop()
    logger.info('Stopped. Everything acknowledged is on disk.')
    return exitCodes.ok
  } catch (error) {
    const explanation = explainFailure(error, listenersOf(gathered.values, hostname).listeners)
    if (explanation === undefined) throw error
    return refuse(io, logger, input, [explanation])
  } finally {
    stop.forget()
  }
}

type Wanted = { gathered: GatheredSettings; topics: TopicToCreate[] } | { refusal: readonly string[] }

/** Everything that was asked for, or what is wrong with it. */
function settingsOf(input: StartInput, propertiesFile: string | undefined, io: Io): Wanted {
  try {
    const file = propertiesFile === undefined ? undefined : readProperties(propertiesFile, io)
    const gathered = gatherSettings({
      environment: io.environment,
      flags: settingsOfFlags(input),
      ...(file !== undefined && { file }),
    })
    const topics = topicsToCreate(io.environment)
    if (gathered.problems.length === 0) return { gathered, topics }
    return {
      refusal: gathered.problems.map(({ message, origin }) => `${message}\n  It was said by ${origin}.`),
    }
  } catch (error) {
    if (
      error instanceof PropertiesError ||
      error instanceof FlagError ||
      error instanceof TopicsToCreateError
    ) {
      return { refusal: [error.message] }
    }
    throw error
  }
}

function readProperties(path: string, io: Io): Setting[] {
  try {
    return parseProperties(io.readFile(resolve(io.directory, path)), path)
  } catch (error) {
    if (error instanceof PropertiesError) throw error
    throw new PropertiesError(`The properties file cannot be read: ${(error as Error).message}.`)
  }
}

/** Says why there is no start: as text for people, as log lines for machines. */
function refuse(io: Io, logger: Logger, input: StartInput, messages: readonly string[]): number {
  for (const message of messages) {
    if (input['log-format'] === 'json') logger.error(message.replaceAll(/\n\s*/g, ' '))
    else io.printError(`samsa: ${message}\n`)
  }
  return exitCodes.failed
}

function tellReady(ready: Parameters<typeof bannerText>[0], input: StartInput, io: Io, logger: Logger): void {
  if (io.isTerminal && input['log-format'] !== 'json') {
    io.print(bannerText(ready))
    return
  }
  for (const { message, fields } of readyMessages(ready)) logger.info(message, fields)
}

/** The first signal asks for an orderly stop, the second one ends the process as it is, which loses nothing either. */
function stopRequest(io: Io, logger: Logger): { asked: Promise<void>; forget: () => void } {
  let ask = () => {}
  const asked = new Promise<void>(resolveAsked => {
    ask = resolveAsked
  })
  let signals = 0
  const forget = io.onStopSignal((signal: StopSignal) => {
    signals++
    if (signals > 1) {
      io.exit(signalExitCodes[signal])
      return
    }
    logger.info(`Stopping (${signal}): requests under way are finished first. Again stops at once.`)
    ask()
  })
  return { asked, forget }
}
