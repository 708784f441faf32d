// Fetches `bench/model` as a program does that uses the library, with options that the command does not have.
// Words: the number of connections, and `sparse` to leave blocks of zeros as holes.
import process from 'node:process'
import { resolveSettings } from '@hubgate/core'
import { downloadSnapshot } from '@hubgate/core/download'
import { HubClient } from '@hubgate/core/hub'
import { sparseDisk } from './sparse-disk.ts'

const [connections, disk] = process.argv.slice(2)
const maxConnections = Number(connections)
await using client = new HubClient(resolveSettings({ environment: process.env }))
const { fetchedBytes } = await downloadSnapshot('bench/model', {
  client,
  maxConnections,
  maxConnectionsPerFile: maxConnections,
  ...(disk === 'sparse' ? { disk: sparseDisk, ignoreSpace: true } : {}),
})
process.stdout.write(`${fetchedBytes} bytes\n`)
