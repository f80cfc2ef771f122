import type { Command } from '../command/command.ts'
import { doctorCommand } from './doctor.ts'
import { explainCommand } from './explain.ts'
import { consumeCommand } from './records/consume.ts'

/** What each noun of `samsa <noun> <verb>` is about. */
export const samsaNouns: Readonly<Record<string, string>> = {}

/**
 * Samsa's own commands. Each is a light value: what its `run` needs (the client above all) is imported when it runs, so
 * that `samsa --help` and `samsa start` do not pay for it.
 */
export const samsaCommands: readonly Command[] = [doctorCommand, explainCommand, consumeCommand]
