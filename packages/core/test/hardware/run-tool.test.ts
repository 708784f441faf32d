import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { runTool } from '../../src/hardware/run-tool.ts'
import { makeMachine } from './fake-machine.ts'

async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    // A killed child of a killed parent stays a zombie until something reaps it.
    if (existsSync(`/proc/${pid}/stat`) && readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) return true
    await sleep(20)
  }
  return false
}

async function pidIn(file: string): Promise<number> {
  while (!existsSync(file) || readFileSync(file, 'utf8').trim() === '') await sleep(5)
  return Number(readFileSync(file, 'utf8'))
}

describe.skipIf(process.platform === 'win32')('runTool()', () => {
  test('gives what the tool printed, and how it ended', async () => {
    using machine = makeMachine({ tools: { tool: 'echo "$1 $2"; exit 3' } })
    expect(await runTool('tool', ['a', 'b;c'], machine)).toEqual({ end: 'done', exitCode: 3, stdout: 'a b;c\n' })
  })

  test('says that a tool is missing', async () => {
    using machine = makeMachine({})
    expect(await runTool('no-such-tool', [], machine)).toEqual({ end: 'missing' })
  })

  test('kills a tool that hangs, and the child it waits for, when time is up', async () => {
    using machine = makeMachine({ tools: { hang: 'trap "" TERM\nsleep 600 &\necho $! > "$1"\nwait' } })
    const file = path.join(machine.root, 'pid')
    const result = runTool('hang', [file], { ...machine, timeoutMs: 400 })
    const pid = await pidIn(file)
    expect(await result).toEqual({ end: 'timeout' })
    expect(await isGone(pid)).toBe(true)
  })

  test('does not wait for a child that left the group and holds the pipe', async () => {
    using machine = makeMachine({ tools: { leave: 'setsid sleep 600 & echo $! > "$1"; wait' } })
    const file = path.join(machine.root, 'pid')
    const result = runTool('leave', [file], { ...machine, timeoutMs: 400 })
    const pid = await pidIn(file)
    expect(await result).toEqual({ end: 'timeout' })
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // `setsid` forked: then its child is the one that stays, and ends by itself.
    }
  })

  test('stops at once when aborted, and kills the tool', async () => {
    using machine = makeMachine({ tools: { hang: 'echo $$ > "$1"; exec sleep 600' } })
    const file = path.join(machine.root, 'pid')
    const stop = new AbortController()
    const result = runTool('hang', [file], { ...machine, signal: stop.signal, timeoutMs: 60_000 })
    const pid = await pidIn(file)
    stop.abort()
    await expect(result).rejects.toThrow('abort')
    expect(await isGone(pid)).toBe(true)
    await expect(async () => runTool('hang', [file], { ...machine, signal: stop.signal })).rejects.toThrow('abort')
  })

  test('cuts off a tool that never stops printing', async () => {
    using machine = makeMachine({ tools: { flood: 'exec yes' } })
    expect(await runTool('flood', [], { ...machine, timeoutMs: 30_000 })).toEqual({ end: 'too-much-output' })
  })

  test('hands a tool nothing of our environment', async () => {
    using machine = makeMachine({ tools: { env: '/usr/bin/env' } })
    process.env['HF_TOKEN'] = 'hf_test_secret'
    try {
      const result = await runTool('env', [], machine)
      expect(result.end === 'done' && result.stdout).toMatch(/^PATH=/m)
      expect(JSON.stringify(result)).not.toContain('hf_test_secret')
    } finally {
      delete process.env['HF_TOKEN']
    }
  })
})
