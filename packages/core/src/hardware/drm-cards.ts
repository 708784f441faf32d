import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { ProbeSurroundings } from './probe.ts'

const MAX_CARDS = 64

/** Device folders of the graphics cards of one vendor (`/sys/class/drm/card0/device`), in the kernel's order. Linux only. */
export async function listCards(surroundings: ProbeSurroundings, vendorId: string): Promise<string[]> {
  const folder = '/sys/class/drm'
  const names = await readdir(path.join(surroundings.root, folder)).catch(() => [])
  const cards = names
    .filter((name) => /^card\d{1,3}$/.test(name))
    .toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .slice(0, MAX_CARDS)
    .map((name) => `${folder}/${name}/device`)
  const vendors = await Promise.all(cards.map((card) => surroundings.read(`${card}/vendor`)))
  return cards.filter((_, index) => vendors[index]?.trim() === vendorId)
}
