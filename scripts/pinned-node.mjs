// Which Node runs Hubgate here. Plain JavaScript for Node 20: this runs before anything is installed.
import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const workspaceRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
export const REQUIRED_NODE_MAJOR = 24

/** The pinned Node that `npm ci` laid down for this platform, else the running one when it is new enough, else `undefined`. */
export function findNode() {
  const folder = path.join(workspaceRoot, 'node_modules', `node-${platformName()}-${process.arch}`, 'bin')
  const pinned = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(pinned)) return pinned
  return Number(process.versions.node.split('.')[0]) >= REQUIRED_NODE_MAJOR ? process.execPath : undefined
}

function platformName() {
  return process.platform === 'win32' ? 'win' : process.platform
}
