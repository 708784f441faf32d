// The thread that holds the database: requests in, replies out, one after another.
import { parentPort, workerData } from 'node:worker_threads'
import { toFailure } from './failure.ts'
import type { Message, Reply } from './request.ts'
import { StateDatabase, type StateDatabaseOptions } from './state-database.ts'

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- channel.ts starts this thread with exactly these
const state = new StateDatabase(workerData as StateDatabaseOptions)

parentPort?.on('message', (message: Message) => {
  const reply = replyTo(message)
  parentPort?.postMessage(reply)
  if (reply === 'closed') parentPort?.close()
})

function replyTo(message: Message): Reply {
  try {
    if (message !== 'close') return { answer: state.answer(message) }
    state.close()
    return 'closed'
  } catch (error) {
    return { failure: toFailure(error) }
  }
}
