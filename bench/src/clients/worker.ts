import { type ClientName, clients } from './client-under-test.ts'
import { type Run, questions } from './question.ts'

// One client, one question: a process of its own, so that nobody's garbage or compiled code is another's. The arguments:
// the client, its folder, the question, the run as JSON. Prints the answer as JSON.

const [name = '', folder = '', question = '', run = '{}'] = process.argv.slice(2)
const asked = questions.find(one => one.name === question)
if (asked === undefined) throw new Error(`There is no question '${question}'.`)
const client = await clients[name as ClientName](folder)
const answer = await asked.measure(client, JSON.parse(run) as Run)
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0))
