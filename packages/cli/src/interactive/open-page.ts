import { spawn } from 'node:child_process'

const openers: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Opens an address in the person's browser. Gives `false` where there is none to be found. */
export function openPage(url: URL, platform: string): Promise<boolean> {
  const [command, ...args] = openers[platform] ?? ['xdg-open']
  return new Promise((resolve) => {
    // No shell: the address is one argument, whatever it holds.
    const child = spawn(command, [...args, url.href], { stdio: 'ignore', detached: true })
    child.on('error', () => resolve(false))
    child.on('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
