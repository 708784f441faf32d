import { createHash } from 'node:crypto'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import process from 'node:process'

/** Names this process for those who wait for it: fit to be shown, and enough to find out whether it still runs. */
export async function processMark(): Promise<string> {
  const realm = await processRealm()
  return `process ${process.pid} on ${hostname()}${realm === undefined ? '' : ` ${realm}`}`
}

/**
 * Has the process of that mark surely ended? Only those of this boot and this PID namespace can be looked for: a container, or
 * a machine that shares the folder, has numbers of its own. `false` for all others, and where the system does not tell.
 */
export async function hasSurelyEnded(mark: string): Promise<boolean> {
  const [, pid, realm] = /^process (\d{1,10}) on \S+ (\[[^\]]+\])/.exec(mark) ?? []
  if (pid === undefined || realm === undefined || realm !== (await processRealm())) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** Within which a process number means one process: a boot and a PID namespace. Linux alone tells both. */
async function processRealm(): Promise<string | undefined> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim()
    const namespace = /\d+/.exec(await readlink('/proc/self/ns/pid'))?.[0]
    // Shown to people, and written down: enough of it to be told apart, and no more.
    const name = createHash('sha256').update(`${boot} ${namespace}`).digest('hex').slice(0, 8)
    return namespace === undefined ? undefined : `[${name}]`
  } catch {
    return undefined
  }
}
