// A process of its own for hold-lease.test.ts: waits for the lease, says so, and holds it until it is killed.
import process from 'node:process'
import { holdLease } from '../../src/store/hold-lease.ts'
import { openStore } from '../../src/store/store.ts'

// A test run that was cut off kills nobody: its end is the end of this input.
process.stdin.on('end', () => process.exit()).resume()
const [folder = '', name = '', ttlMs = ''] = process.argv.slice(2)
await using store = await openStore({ folder })
await using lease = await holdLease(store.leases, name, {
  ttlMs: Number(ttlMs),
  onWait: ({ holder }) => void process.stdout.write(`waits for ${holder}\n`),
})
for (const notice of store.notices) process.stdout.write(`notice: ${notice}\n`)
process.stdout.write(`holds as ${lease.holder}\n`)
setInterval(() => undefined, 1000)
await new Promise((resolve) => lease.signal.addEventListener('abort', resolve))
process.stdout.write('lost\n')
process.exit(3)
