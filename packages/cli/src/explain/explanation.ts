import { nearestName } from '@samsa/base'
import { clientErrors } from '@samsa/client'
import { type ErrorName, type Retry, errors } from '@samsa/protocol'
import { javaNameOf } from '../command/java-name.ts'
import { advice } from './advice.ts'
import { clientMessages } from './client-messages.ts'

/** What an error means and what to do about it. */
export interface Explanation {
  readonly name: string
  /** The number on the wire, for errors of the protocol. */
  readonly code?: number
  /** The class of the Java client. */
  readonly java?: string
  readonly about: string
  readonly canRetry: boolean
  /** Whether trying again helps, in a sentence. */
  readonly retry: string
  readonly toDo: string
}

const errorNames = Object.keys(errors) as ErrorName[]
const errorByCode = new Map(errorNames.map(name => [errors[name].code as number, name]))
const errorByJava = new Map(errorNames.map(name => [shortJavaName(name).toLowerCase(), name]))

/** What errors were called earlier, or are called by librdkafka. */
const otherNames: Readonly<Record<string, ErrorName>> = {
  UNKNOWN: 'UNKNOWN_SERVER_ERROR',
  INVALID_MSG: 'CORRUPT_MESSAGE',
  UNKNOWN_TOPIC_OR_PART: 'UNKNOWN_TOPIC_OR_PARTITION',
  NOT_LEADER_FOR_PARTITION: 'NOT_LEADER_OR_FOLLOWER',
  MSG_SIZE_TOO_LARGE: 'MESSAGE_TOO_LARGE',
  GROUP_LOAD_IN_PROGRESS: 'COORDINATOR_LOAD_IN_PROGRESS',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'COORDINATOR_NOT_AVAILABLE',
  NOT_COORDINATOR_FOR_GROUP: 'NOT_COORDINATOR',
  TOPIC_EXCEPTION: 'INVALID_TOPIC_EXCEPTION',
  INVALID_TOPIC: 'INVALID_TOPIC_EXCEPTION',
  NOTENOUGHREPLICAS: 'NOT_ENOUGH_REPLICAS',
  NOT_ENOUGH_REPLICAS_EXCEPTION: 'NOT_ENOUGH_REPLICAS',
}

/** Every error of the protocol, by number. */
export function allExplanations(): Explanation[] {
  return errorNames.map(explainError).sort((a, b) => a.code! - b.code!)
}

/**
 * Explains a name, a number, a Java class, or a message that holds one of them or is known by its words; undefined for
 * anything else.
 */
export function explain(text: string): Explanation | undefined {
  const word = text.trim()
  const name = errorNamed(word)
  if (name !== undefined) return explainError(name)
  const own = word.toUpperCase()
  if (Object.hasOwn(clientErrors, own)) return explainClientError(own as keyof typeof clientErrors)
  const inside = word.split(/[^\w.$]+/).flatMap(part => (isTelling(part) ? (errorNamed(part) ?? []) : []))[0]
  return inside === undefined ? explainMessage(word) : explainError(inside)
}

/** The name of an error that resembles a word. */
export function nearestError(word: string): string | undefined {
  return nearestName(word.toUpperCase().replaceAll(/[\s-]+/g, '_'), errorNames)
}

function errorNamed(word: string): ErrorName | undefined {
  if (/^[+-]?\d+$/.test(word)) return errorByCode.get(Number(word))
  const name = word
    .toUpperCase()
    .replaceAll(/[\s-]+/g, '_')
    .replace(/^(RD_KAFKA_RESP_ERR|ERR)_(?=[A-Z])/, '')
  if (Object.hasOwn(errors, name)) return name as ErrorName
  if (Object.hasOwn(otherNames, name)) return otherNames[name]
  const java = word.replace(/^.*[.$]/, '').toLowerCase()
  return errorByJava.get(java) ?? errorByJava.get(`${java}exception`)
}

/** Inside a message only what can hardly be an ordinary word counts as the name of an error. */
function isTelling(part: string): boolean {
  return /^[A-Z]+(_[A-Z]+)+$/.test(part) || /[a-z](Exception|Error)$/.test(part)
}

const retries: Readonly<Record<Retry, string>> = {
  no: 'No: the same again fails again.',
  again: 'Yes, the same again a little later.',
  refresh: 'Yes, after asking for fresh metadata; clients do it by themselves.',
  coordinator: 'Yes, after asking for the coordinator again; clients do it by themselves.',
  rejoin: 'Yes, after joining the group again; consumers do it by themselves.',
}

function explainError(name: ErrorName): Explanation {
  const { code, about, retry } = errors[name]
  return { name, code, java: shortJavaName(name), about, ...retrying(retry), toDo: advice[name] }
}

function explainClientError(name: keyof typeof clientErrors): Explanation {
  const { about, retry } = clientErrors[name]
  const toDo = 'Samsa’s client says so itself; the message beside it names the cause.'
  return { name, about, ...retrying(retry), toDo }
}

function explainMessage(text: string): Explanation | undefined {
  const found = clientMessages.find(({ pattern }) => pattern.test(text))
  if (found === undefined) return undefined
  const { title, about, canRetry, toDo } = found
  return { name: title, about, canRetry, retry: canRetry ? retries.again : retries.no, toDo }
}

function retrying(retry: Retry): Pick<Explanation, 'canRetry' | 'retry'> {
  return { canRetry: retry !== 'no', retry: retries[retry] }
}

function shortJavaName(name: ErrorName): string {
  return javaNameOf({ code: name }).replace(/^.*\./, '')
}
