import { curatedList } from '@hubgate/core/catalog'
import { type ListRow, listRowMemory } from '@hubgate/core/memory'

/** The list figure of a curated model beside the bytes of its files. */
export interface ListComparison {
  readonly id: string
  readonly error: number
  readonly isInBand: boolean
}

/** Models whose file sizes are known, judged by what a list row would carry of them: name, count, tags. */
export function compareListRows(): ListComparison[] {
  return curatedList().records.flatMap(({ id, facts }) => {
    const weightsBytes = facts.weightsBytes?.value
    if (weightsBytes === undefined) return []
    const row: ListRow = {
      name: id,
      tags: tagsOf(facts.quantization?.value ?? ''),
      ...(facts.params === undefined ? {} : { paramsTotal: facts.params.value }),
      ...(facts.paramsByDtype === undefined ? {} : { paramsByDtype: facts.paramsByDtype.value }),
      ...(facts.library === undefined ? {} : { libraryName: facts.library.value }),
    }
    const figure = listRowMemory(row)
    if (figure === undefined) return []
    const { weights, overhead, errorBand } = figure
    const truth = weightsBytes + overhead
    return [{ id, error: weights / weightsBytes - 1, isInBand: truth >= errorBand.low && truth <= errorBand.high }]
  })
}

/** As the Hub tags such repositories. */
function tagsOf(quantization: string): string[] {
  const [, bits] = /(?:INT|-)([48])/.exec(quantization) ?? []
  const method = ['awq', 'gptq', 'fp8', 'mxfp4', 'nvfp4'].find((name) => quantization.toLowerCase().includes(name))
  const packed = /^(INT4|PACK-)/.test(quantization) ? ['compressed-tensors'] : []
  return [...(method === undefined ? [] : [method]), ...packed, ...(bits === undefined ? [] : [`${bits}-bit`])]
}
